package dev.holdfast.kinds.terminal;

import java.util.ArrayDeque;

/**
 * What was typed and has not been written. It is written whole and in order, as far as the program
 * has room for it and the rate allows; nothing is lost. Guarded by its user.
 */
final class Typed {

  /** What may wait, in bytes. */
  static final int MOST = 1 << 20;

  private static final long NANOS_A_SECOND = 1_000_000_000L;

  /** Where it is written to: how many of the bytes there was room for, or less than 1. */
  interface Sink {
    int write(byte[] data, int from, int most);
  }

  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private final long rate;
  private final long burst;
  private int from;
  private int bytes;
  private double tokens;
  private long filledAt;
  private boolean full;

  /**
   * @param rate bytes a second; 0 for any number
   * @param burst bytes at once, after a time without any
   */
  Typed(long rate, long burst, long now) {
    this.rate = rate;
    this.burst = burst;
    this.tokens = burst;
    this.filledAt = now;
  }

  /** Takes something; false where too much waits. */
  boolean add(byte[] data) {
    if (bytes + data.length > MOST) {
      return false;
    }
    waiting.add(data);
    bytes += data.length;
    return true;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether it waits for the program to read. */
  boolean full() {
    return full;
  }

  /** When the rate lets more of it through; {@link Long#MAX_VALUE} where it waits for no such. */
  long due() {
    if (waiting.isEmpty() || full || rate == 0) {
      return Long.MAX_VALUE;
    }
    // Some at once, rather than byte by byte.
    return filledAt + NANOS_A_SECOND / 20;
  }

  /** Writes what can be written now; returns how many bytes. */
  int write(Sink sink, long now) {
    if (rate > 0) {
      tokens = Math.min((double) burst, tokens + (double) rate * (now - filledAt) / NANOS_A_SECOND);
      filledAt = now;
    }
    int written = 0;
    full = false;
    byte[] next;
    while ((next = waiting.peek()) != null) {
      int most = next.length - from;
      if (rate > 0) {
        most = (int) Math.min(most, (long) tokens);
      }
      if (most == 0) {
        break;
      }
      int some = sink.write(next, from, most);
      if (some <= 0) {
        full = true;
        break;
      }
      written += some;
      bytes -= some;
      tokens -= some;
      from += some;
      if (from == next.length) {
        waiting.remove();
        from = 0;
      }
    }
    return written;
  }
}
