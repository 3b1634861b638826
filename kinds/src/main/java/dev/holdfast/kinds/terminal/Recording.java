package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of a recording. Stateless; any thread.
 *
 * <p>Source: the asciicast file format, version 2.
 */
public final class Recording {

  private static final JsonMapper JSON = new JsonMapper();

  private Recording() {}

  /** The first line: how large it is, and of what. */
  public static String header(Size size, List<String> command, long millis) {
    return ("{\"version\":2,\"width\":%d,\"height\":%d,\"timestamp\":%d,\"command\":\"%s\","
            + "\"env\":{\"TERM\":\"xterm-256color\"}}\n")
        .formatted(size.cols(), size.rows(), millis / 1_000, quoted(String.join(" ", command)));
  }

  /** The line of an event of a terminal's feed; empty for one that is not recorded. */
  public static String line(Event event, long begun) {
    JsonNode body = JSON.readTree("{" + new String(event.body(), StandardCharsets.UTF_8) + "}");
    long after = event.millis() - begun;
    return switch (event.type()) {
      case "output" -> said(after, body.path("data").asString(""));
      case "resized" ->
          resized(after, new Size(body.path("rows").asInt(1), body.path("cols").asInt(1)));
      default -> "";
    };
  }

  static String said(long millis, String text) {
    return line(millis, "o", quoted(text));
  }

  static String resized(long millis, Size size) {
    return line(millis, "r", size.cols() + "x" + size.rows());
  }

  static String marked(long millis, String text) {
    return line(millis, "m", quoted(text));
  }

  private static String line(long millis, String code, String data) {
    return String.format(
        Locale.ROOT, "[%d.%03d,\"%s\",\"%s\"]\n", millis / 1_000, millis % 1_000, code, data);
  }

  private static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
  }
}
