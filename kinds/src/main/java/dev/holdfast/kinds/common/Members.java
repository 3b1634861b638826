package dev.holdfast.kinds.common;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** The body of an event in the making: JSON members without the braces around them. One thread. */
public final class Members {

  private final StringBuilder text = new StringBuilder();

  private Members name(String name) {
    text.append(text.isEmpty() ? "\"" : ",\"").append(name).append("\":");
    return this;
  }

  public Members text(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      text.append('"').append(JsonStringEncoder.getInstance().quoteAsCharArray(whole(value)));
      text.append('"');
    }
    return this;
  }

  /** A text as JSON. */
  public static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(whole(text))) + "\"";
  }

  public Members number(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  public Members flag(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  /** A value that is JSON already. */
  public Members raw(String name, @Nullable String json) {
    if (json != null) {
      name(name);
      text.append(json);
    }
    return this;
  }

  /** Half a surrogate pair, which UTF-8 can't say, becomes U+FFFD. */
  public static String whole(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        return new String(value.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
      }
    }
    return value;
  }

  public byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** As one JSON object. */
  public String object() {
    return "{" + text + "}";
  }
}
