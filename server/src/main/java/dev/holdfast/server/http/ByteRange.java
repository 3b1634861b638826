package dev.holdfast.server.http;

import org.jspecify.annotations.Nullable;

/**
 * A part of a body, as a request asks for it (RFC 9110, section 14). Immutable; any thread.
 *
 * @param first the place of its first byte, from 0
 * @param count how many bytes it has; 0 where none of it is there
 */
record ByteRange(long first, long count) {

  private static final String UNIT = "bytes=";

  /** Longer numbers are beyond any end. */
  private static final int DIGITS = 18;

  /**
   * Reads the header {@code Range}; null where all is to be sent: without it, and where it is
   * malformed, has another unit, or asks for several parts at once, which nobody has to heed.
   *
   * @param length of the whole
   */
  static @Nullable ByteRange of(@Nullable String header, long length) {
    if (header == null || !header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
      return null;
    }
    String only = null;
    for (String one : header.substring(UNIT.length()).split(",", -1)) {
      if (!one.isBlank()) {
        if (only != null) {
          return null;
        }
        only = one.strip();
      }
    }
    return only == null || !only.matches("[0-9]+-[0-9]*|-[0-9]+") ? null : read(only, length);
  }

  private static @Nullable ByteRange read(String only, long length) {
    int dash = only.indexOf('-');
    String from = only.substring(0, dash);
    String to = only.substring(dash + 1);
    if (from.isEmpty()) {
      long count = Math.min(number(to), length);
      return new ByteRange(length - count, count);
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (last < first) {
      return null;
    }
    return first >= length
        ? new ByteRange(first, 0)
        : new ByteRange(first, Math.min(last, length - 1) - first + 1);
  }

  private static long number(String digits) {
    String bare = digits.replaceFirst("^0+(?=.)", "");
    return bare.length() > DIGITS ? Long.MAX_VALUE : Long.parseLong(bare);
  }

  /** The header {@code Content-Range}. */
  String told(long length) {
    return count == 0
        ? "bytes */" + length
        : "bytes " + first + "-" + (first + count - 1) + "/" + length;
  }
}
