package dev.holdfast.client.command;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what the HTTP API lists, page by page: item by item, or as it comes. One thread. */
abstract class Listing extends ClientCommand.Action {

  private final String field;
  private final String none;

  /** What one page may have. */
  private static final int PAGE = 1_000;

  @Option(
      names = "--find",
      paramLabel = "TEXT",
      description = "Those that have it in a name or an id.")
  private @Nullable String find;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "So many at most; all of them unless it is said.")
  private int limit = Integer.MAX_VALUE;

  @Option(
      names = "--json",
      description = "The answers as they come: one object for each " + PAGE + " of them.")
  private boolean json;

  @Mixin private Target target = new Target();

  @Spec private @Nullable CommandSpec spec;

  /**
   * @param field of the answer, which has the list; the last part of the path as well
   * @param none what is said of an empty one
   */
  Listing(String field, String none) {
    this.field = field;
    this.none = none;
  }

  /** Prints what stands above the first item. */
  void head(PrintWriter out) {}

  abstract void item(PrintWriter out, Map<?, ?> item);

  /** Whether not all is to be shown. */
  final boolean inPart() {
    return find != null || limit != Integer.MAX_VALUE;
  }

  final boolean json() {
    return json;
  }

  final Target target() {
    return target;
  }

  final PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  /** Where goes what is not the answer itself. */
  final PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (limit < 1) {
      throw new IllegalArgumentException("--limit: must be a whole number from 1");
    }
    String after = "";
    int shown = 0;
    Frame page;
    do {
      String answer = target.get(path(after, Math.min(PAGE, limit - shown)));
      page = Frame.of(answer);
      shown += show(answer, page, shown == 0);
      after = page.text("next");
    } while (after != null && shown < limit);
    if (after != null && !json) {
      err().println("* " + shown + " of " + page.fields().get("total"));
      err().flush();
    }
    return 0;
  }

  private String path(String after, int most) {
    return "/api/"
        + field
        + "?limit="
        + most
        + (after.isEmpty() ? "" : "&after=" + Target.encoded(after))
        + (find == null ? "" : "&q=" + Target.encoded(find));
  }

  /** Prints a page; returns how many are on it. */
  private int show(String answer, Frame page, boolean first) {
    PrintWriter out = out();
    List<?> list = page.fields().get(field) instanceof List<?> some ? some : List.of();
    if (json) {
      out.println(answer);
    } else if (first && list.isEmpty()) {
      out.println(find == null ? none : "There are none that have this in them.");
    } else {
      if (first) {
        head(out);
      }
      for (Object one : list) {
        if (one instanceof Map<?, ?> map) {
          item(out, map);
        }
      }
    }
    out.flush();
    return list.size();
  }

  /** A value of an item, without control characters. */
  static String text(Map<?, ?> item, String field) {
    return Talk.plain(String.valueOf(item.get(field)));
  }

  /** The texts of a list in one line, without control characters; empty for no list. */
  static String line(@Nullable Object list) {
    return list instanceof List<?> words
        ? Talk.plain(words.stream().map(String::valueOf).collect(Collectors.joining(" ")))
        : "";
  }
}
