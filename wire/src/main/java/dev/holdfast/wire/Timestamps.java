package dev.holdfast.wire;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Times as {@code 2026-01-31T23:59:59.999Z}, of the years 0 to 9999; what lies beyond is cut to
 * them. Any thread.
 */
final class Timestamps {

  /** The length of every time, in bytes. */
  static final int LENGTH = 24;

  private static final long EARLIEST_MILLIS = -62_167_219_200_000L;
  private static final long LATEST_MILLIS = 253_402_300_799_999L;
  private static final DateTimeFormatter TO_SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.");

  /** The second last written: most times are in the second of the one before. */
  private static volatile Second latest = new Second(0);

  private Timestamps() {}

  /** Writes a time at an index and returns the index after it. */
  static int write(long millis, byte[] target, int at) {
    long within = Math.clamp(millis, EARLIEST_MILLIS, LATEST_MILLIS);
    long epochSecond = Math.floorDiv(within, 1000);
    Second second = latest;
    if (second.epochSecond != epochSecond) {
      second = new Second(epochSecond);
      latest = second;
    }
    int fraction = (int) (within - epochSecond * 1000);
    byte[] text = second.text;
    System.arraycopy(text, 0, target, at, text.length);
    int end = at + text.length;
    target[end] = (byte) ('0' + fraction / 100);
    target[end + 1] = (byte) ('0' + fraction / 10 % 10);
    target[end + 2] = (byte) ('0' + fraction % 10);
    target[end + 3] = 'Z';
    return at + LENGTH;
  }

  static String text(long millis) {
    byte[] text = new byte[LENGTH];
    write(millis, text, 0);
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static final class Second {
    final long epochSecond;
    final byte[] text;

    Second(long epochSecond) {
      this.epochSecond = epochSecond;
      this.text =
          LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC)
              .format(TO_SECONDS)
              .getBytes(StandardCharsets.US_ASCII);
    }
  }
}
