package dev.holdfast.feed;

import java.time.Duration;

/**
 * How much of a feed is kept: the newest events within all three bounds. Immutable; any thread.
 *
 * @param events at least 1
 * @param bytes by {@link Event#cost()}, at least 1; the newest event is kept however large it is
 * @param age at least 1 ms
 */
public record Retention(int events, long bytes, Duration age) {

  /**
   * @throws IllegalArgumentException when a bound is out of range
   */
  public Retention {
    if (events < 1 || events > 1 << 24) {
      throw new IllegalArgumentException("retention events: " + events + " (1 to 16777216)");
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("retention bytes: " + bytes + " (at least 1)");
    }
    if (age.toMillis() < 1) {
      throw new IllegalArgumentException("retention age: " + age + " (at least 1 ms)");
    }
  }
}
