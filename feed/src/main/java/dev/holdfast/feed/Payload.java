package dev.holdfast.feed;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an owner says: a type and a body that no engine looks into.
 *
 * <p>By convention of the kinds the body is UTF-8 text of JSON members without the braces around
 * them, for example {@code "from":"ann","content":"hi"}, or empty. The array is handed over: the
 * caller must not change it afterwards, nor may a reader. Any thread.
 */
public final class Payload {

  private static final byte[] NOTHING = {};

  private final String type;
  private final byte[] body;
  private final @Nullable String origin;

  private Payload(String type, byte[] body, @Nullable String origin) {
    this.type = Objects.requireNonNull(type);
    this.body = body;
    this.origin = origin;
  }

  /** A payload of that type with that body. */
  public static Payload of(String type, byte[] body) {
    return new Payload(type, body, null);
  }

  /** A payload that says its type alone. */
  public static Payload of(String type) {
    return new Payload(type, NOTHING, null);
  }

  /** The same, marked with the connection that caused it, for readers that skip their own echo. */
  public Payload from(String connectionId) {
    return new Payload(type, body, connectionId);
  }

  public String type() {
    return type;
  }

  /** The body itself, not a copy: read it, never write to it. */
  public byte[] body() {
    return body;
  }

  /** The connection that caused it, where the owner said so. */
  public @Nullable String origin() {
    return origin;
  }
}
