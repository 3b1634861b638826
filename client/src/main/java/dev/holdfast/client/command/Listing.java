package dev.holdfast.client.command;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the HTTP API lists, item by item or as it comes. One thread. */
final class Listing {

  @Option(names = "--json", description = "The answer as it comes.")
  private boolean json;

  @Mixin private Target target = new Target();

  /**
   * Shows a list.
   *
   * @param field of the answer, which has the list
   * @param none what is said of an empty one
   * @param head is run before the first item
   */
  void show(
      PrintWriter out,
      String path,
      String field,
      String none,
      Runnable head,
      Consumer<Map<?, ?>> item)
      throws IOException, InterruptedException {
    String answer = target.get(path);
    if (json) {
      out.println(answer);
    } else if (Frame.of(answer).fields().get(field) instanceof List<?> list && !list.isEmpty()) {
      head.run();
      for (Object one : list) {
        if (one instanceof Map<?, ?> map) {
          item.accept(map);
        }
      }
    } else {
      out.println(none);
    }
    out.flush();
  }

  /** The texts of a list in one line, without control characters; empty for no list. */
  static String line(@Nullable Object list) {
    return list instanceof List<?> words
        ? Talk.plain(words.stream().map(String::valueOf).collect(Collectors.joining(" ")))
        : "";
  }
}
