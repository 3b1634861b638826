package dev.holdfast.session;

/** A token bucket; guarded by whoever holds it. */
final class Bucket {

  private static final double NANOS = 1e9;

  private final double perNano;
  private final double burst;
  private double tokens;
  private long then;

  Bucket(double perSecond, double burst, long now) {
    this.perNano = perSecond / NANOS;
    this.burst = burst;
    this.tokens = burst;
    this.then = now;
  }

  /** Takes one token; false when there is none. */
  boolean take(long now) {
    fill(now);
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Whether nothing was taken of late, so that a new bucket would be the same. */
  boolean full(long now) {
    fill(now);
    return tokens >= burst;
  }

  /** Until there is a token again, rounded up to whole milliseconds. */
  long waitMillis() {
    return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / perNano / 1e6);
  }

  private void fill(long now) {
    tokens = Math.min(burst, tokens + Math.max(0, now - then) * perNano);
    then = now;
  }
}
