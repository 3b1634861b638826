package dev.holdfast.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes event frames by hand, each into one array of its exact size: what every reader of a feed
 * shares is written once and copied never. Any thread.
 */
final class EventWriter {

  private static final byte[] TYPE = ascii("{\"type\":");
  private static final byte[] OP = ascii("{\"op\":");
  private static final byte[] TIMESTAMP = ascii(",\"timestamp\":\"");
  private static final byte[] FEED = ascii("\",\"feed\":");
  private static final byte[] OFFSET = ascii(",\"offset\":");
  private static final byte[] SPAN = ascii(",\"span\":");

  private EventWriter() {}

  static byte[] write(EventFrame event) {
    return write(event, event.feed(), TYPE);
  }

  /** The frame with {@code op} in place of {@code type}. */
  static byte[] writeOp(EventFrame event) {
    return write(event, event.feed(), OP);
  }

  /** The frame as the state within a snapshot, which says feed and position itself. */
  static byte[] writeState(EventFrame event) {
    return write(event, null, TYPE);
  }

  private static byte[] write(EventFrame event, @Nullable String feed, byte[] head) {
    byte[] body = event.body();
    byte @Nullable [] quotedType = isPlain(event.type()) ? null : JsonText.quote(event.type());
    byte @Nullable [] quotedFeed = feed == null || isPlain(feed) ? null : JsonText.quote(feed);
    int size = head.length + quotedLength(event.type(), quotedType);
    size += body.length == 0 ? 0 : 1 + body.length;
    size += TIMESTAMP.length + Timestamps.LENGTH;
    size += feed == null ? 2 : FEED.length + quotedLength(feed, quotedFeed);
    size += feed == null ? 0 : OFFSET.length + digits(event.offset()) + 1;
    boolean spans = feed != null && event.span() > 1;
    size += spans ? SPAN.length + digits(event.span()) : 0;

    byte[] frame = new byte[size];
    int at = put(head, frame, 0);
    at = putQuoted(event.type(), quotedType, frame, at);
    if (body.length > 0) {
      frame[at] = ',';
      at = put(body, frame, at + 1);
    }
    at = put(TIMESTAMP, frame, at);
    at = Timestamps.write(event.millis(), frame, at);
    if (feed == null) {
      frame[at] = '"';
      at++;
    } else {
      at = put(FEED, frame, at);
      at = putQuoted(feed, quotedFeed, frame, at);
      at = put(OFFSET, frame, at);
      at = putNumber(event.offset(), frame, at);
    }
    if (spans) {
      at = put(SPAN, frame, at);
      at = putNumber(event.span(), frame, at);
    }
    frame[at] = '}';
    return frame;
  }

  /** Whether a string needs no escape and a byte for each character. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static int quotedLength(String text, byte @Nullable [] quoted) {
    return quoted == null ? text.length() + 2 : quoted.length;
  }

  private static int putQuoted(String text, byte @Nullable [] quoted, byte[] target, int at) {
    if (quoted != null) {
      return put(quoted, target, at);
    }
    int end = at;
    target[end++] = '"';
    for (int i = 0; i < text.length(); i++) {
      target[end++] = (byte) text.charAt(i);
    }
    target[end++] = '"';
    return end;
  }

  private static int put(byte[] source, byte[] target, int at) {
    System.arraycopy(source, 0, target, at, source.length);
    return at + source.length;
  }

  private static int putNumber(long number, byte[] target, int at) {
    int end = at + digits(number);
    int i = end - 1;
    long rest = number;
    while (rest > Integer.MAX_VALUE) {
      target[i--] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    // An int is divided in a fraction of the time.
    int small = (int) rest;
    while (i >= at) {
      target[i--] = (byte) ('0' + small % 10);
      small /= 10;
    }
    return end;
  }

  private static int digits(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("not an offset: " + number);
    }
    int digits = 1;
    for (long power = 10; digits < 19 && number >= power; power *= 10) {
      digits++;
    }
    return digits;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
