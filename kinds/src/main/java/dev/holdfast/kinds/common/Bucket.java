package dev.holdfast.kinds.common;

/** A token bucket that holds as many as it is given in a second. Any thread. */
public final class Bucket {

  private static final double NANOS = 1e9;
  private static final double NANOS_A_MILLI = 1e6;

  private final int perSecond;
  private double tokens;
  private long then;
  private boolean begun;

  /**
   * @param perSecond 0 for any number
   */
  public Bucket(int perSecond) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
  }

  /** Takes one: 0, or how long until there is one again, in milliseconds. */
  public long take(long nanoTime) {
    if (perSecond == 0) {
      return 0;
    }
    synchronized (this) {
      if (begun) {
        tokens = Math.min(perSecond, tokens + Math.max(0, nanoTime - then) * perSecond / NANOS);
      }
      begun = true;
      then = nanoTime;
      if (tokens >= 1) {
        tokens--;
        return 0;
      }
      return Math.max(1, (long) Math.ceil((1 - tokens) / perSecond * NANOS / NANOS_A_MILLI));
    }
  }
}
