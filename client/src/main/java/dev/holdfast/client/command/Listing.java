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

/** Shows what the HTTP API lists, item by item or as it comes. One thread. */
abstract class Listing extends ClientCommand.Action {

  private final String field;
  private final String none;

  @Option(names = "--json", description = "The answer as it comes.")
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
    PrintWriter out = out();
    String answer = target.get("/api/" + field);
    if (json) {
      out.println(answer);
    } else if (Frame.of(answer).fields().get(field) instanceof List<?> list && !list.isEmpty()) {
      head(out);
      for (Object one : list) {
        if (one instanceof Map<?, ?> map) {
          item(out, map);
        }
      }
    } else {
      out.println(none);
    }
    out.flush();
    return 0;
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
