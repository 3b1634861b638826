package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The answer of a run, piece by piece. Guarded by its run; once merged it never changes, and any
 * thread may read it.
 */
final class Tokens {

  /** Tokens that follow one another in the feed: the first and the last offset, the first index. */
  private record Stretch(long first, long last, int index) {}

  private final String runId;
  private final StringBuilder text = new StringBuilder();
  private final List<Stretch> stretches = new ArrayList<>();
  private int[] ends = new int[16];
  private int count;
  private long first;
  private long last;

  Tokens(String runId) {
    this.runId = runId;
  }

  int count() {
    return count;
  }

  int length() {
    return text.length();
  }

  String text() {
    return text.toString();
  }

  /** So many characters of it at most. */
  String beginning(int most) {
    return text.substring(0, Math.min(most, text.length()));
  }

  /** Takes the next piece, which was appended to the feed at that offset. */
  void add(String piece, long offset) {
    if (count == 0 || offset != last + 1) {
      close();
      first = offset;
    }
    last = offset;
    text.append(piece);
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
    }
    ends[count] = text.length();
    count++;
  }

  private void close() {
    if (last > first) {
      stretches.add(new Stretch(first, last, count - (int) (last - first)));
    }
  }

  /** Makes one event of each stretch of tokens, which gives every reader its exact rest. */
  void mergeIn(Owner owner) {
    close();
    String whole = text.toString();
    text.trimToSize();
    ends = Arrays.copyOf(ends, count);
    int[] places = ends;
    for (Stretch stretch : stretches) {
      owner.merge(
          stretch.first,
          stretch.last,
          (after, upTo) -> {
            int from = stretch.index + (int) (after + 1 - stretch.first);
            int to = stretch.index + (int) (upTo - stretch.first);
            String rest = whole.substring(from == 1 ? 0 : places[from - 2], places[to - 1]);
            return token(to, rest, runId);
          });
    }
  }

  static Payload token(long index, String piece, String runId) {
    return Payload.of(
        "token",
        new Members().number("index", index).text("text", piece).text("run_id", runId).bytes());
  }
}
