package dev.holdfast.server.http;

import dev.holdfast.transport.HttpRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a listing is asked for. Entries come in the order of their keys, which they keep: a
 * page begins where the one before ended, whatever has come and gone meanwhile. Immutable; any
 * thread.
 *
 * @param limit 1 to {@value #MOST} entries
 * @param after the key of the last entry before; empty for the beginning
 * @param sought what an entry must have in it, in lower case; empty for all
 */
record Paging(int limit, String after, String sought) {

  private static final int MOST = 1_000;
  private static final int USUAL = 100;
  private static final int TEXT_LENGTH = 1_000;

  /** Years of it are left, and it has as many digits all the time. */
  private static final long LATEST_MILLIS = 9_999_999_999_999L;

  /**
   * A part of a listing.
   *
   * @param total how many there are in all, of those that are sought
   * @param next where the next page begins; null where there is none
   */
  record Page<T>(List<T> entries, int total, @Nullable String next) {

    /** As it is answered, under that name. */
    Map<String, Object> shown(String name, Function<? super T, ?> shown) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put(name, entries.stream().map(shown).toList());
      answer.put("total", total);
      if (next != null) {
        answer.put("next", next);
      }
      return answer;
    }

    Reply reply(String name, Function<? super T, ?> shown) {
      return Reply.json(200, shown(name, shown));
    }
  }

  private record Keyed<T>(String key, T entry) {}

  /**
   * @throws Refusal with 400
   */
  static Paging of(HttpRequest request) {
    return new Paging(
        limit(request), text(request, "after"), text(request, "q").toLowerCase(Locale.ROOT));
  }

  /**
   * How long a page may be, where that is all that is asked.
   *
   * @throws Refusal with 400
   */
  static int limit(HttpRequest request) {
    String text = request.query().get("limit");
    if (text == null) {
      return USUAL;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw Refusal.badRequest("limit: must be a whole number from 1 to " + MOST);
  }

  private static String text(HttpRequest request, String name) {
    String text = request.query().getOrDefault(name, "");
    if (text.length() > TEXT_LENGTH) {
      throw Refusal.badRequest(name + ": must be at most " + TEXT_LENGTH + " characters");
    }
    return text;
  }

  /** The key of what is listed by its time, the newest first. */
  static String newestFirst(long millis, String id) {
    return LATEST_MILLIS - millis + "-" + id;
  }

  /**
   * One pass over all there is, which keeps no more than the page.
   *
   * @param key of an entry, which no other has
   * @param words of an entry, among which is what people seek
   */
  <T> Page<T> of(Stream<T> all, Function<T, String> key, Function<T, String> words) {
    PriorityQueue<Keyed<T>> first =
        new PriorityQueue<>(Comparator.<Keyed<T>, String>comparing(Keyed::key).reversed());
    int[] total = {0};
    all.forEach(entry -> {
      if (sought.isEmpty() || words.apply(entry).toLowerCase(Locale.ROOT).contains(sought)) {
        total[0]++;
        keep(first, new Keyed<>(key.apply(entry), entry));
      }
    });
    // One more than fits says that there is more.
    boolean more = first.size() > limit;
    if (more) {
      first.remove();
    }
    String next = more ? first.element().key() : null;
    List<T> entries = new ArrayList<>(first.size());
    while (!first.isEmpty()) {
      entries.add(first.remove().entry());
    }
    Collections.reverse(entries);
    return new Page<>(entries, total[0], next);
  }

  private <T> void keep(PriorityQueue<Keyed<T>> first, Keyed<T> one) {
    if (one.key().compareTo(after) <= 0) {
      return;
    }
    if (first.size() <= limit) {
      first.add(one);
    } else if (one.key().compareTo(first.element().key()) < 0) {
      first.remove();
      first.add(one);
    }
  }
}
