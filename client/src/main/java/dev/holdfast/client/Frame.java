package dev.holdfast.client;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gateway said in one frame. Immutable; any thread. */
public final class Frame {

  private final String json;
  private final Map<String, @Nullable Object> fields;

  private Frame(String json, Map<String, @Nullable Object> fields) {
    this.json = json;
    this.fields = Collections.unmodifiableMap(fields);
  }

  /** Reads a frame; fails where it is not one JSON object. */
  public static Frame of(String json) {
    return new Frame(json, Json.object(json));
  }

  /** A text as JSON. */
  public static String quoted(String text) {
    return Json.text(text);
  }

  /** What a field holds, for people: a text as it stands, all else as JSON. */
  public static String shown(@Nullable Object value) {
    return value instanceof String text ? text : Json.text(value);
  }

  /** The frame as it came. */
  public String json() {
    return json;
  }

  /** Its type; empty where it says none. */
  public String type() {
    String type = text("type");
    return type == null ? "" : type;
  }

  /** All its fields: String, Boolean, Number, List, Map or null, in their order. */
  public Map<String, @Nullable Object> fields() {
    return fields;
  }

  /** The text in a field; null where there is none. */
  public @Nullable String text(String name) {
    return fields.get(name) instanceof String text ? text : null;
  }

  /** The whole number in a field, or {@code otherwise}. */
  public long number(String name, long otherwise) {
    return fields.get(name) instanceof Number number ? number.longValue() : otherwise;
  }

  /** Whether a field is true. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }

  @Override
  public String toString() {
    return json;
  }
}
