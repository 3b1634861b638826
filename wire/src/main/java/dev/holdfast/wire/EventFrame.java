package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/**
 * An event on its way out: {@code {"type":…, <body>, "timestamp":…, "feed":…, "offset":…}}.
 *
 * @param body JSON members without braces, in UTF-8, possibly empty; never written to
 * @param millis its time in milliseconds since 1970 UTC
 * @param feed the feed's name; null for an event that is not told by feed and offset
 * @param span how many events it stands for, those up to its offset; told where it is more than 1
 */
public record EventFrame(
    String type, byte[] body, long millis, @Nullable String feed, long offset, int span) {

  /** An event that stands for itself. */
  public EventFrame(String type, byte[] body, long millis, @Nullable String feed, long offset) {
    this(type, body, millis, feed, offset, 1);
  }
}
