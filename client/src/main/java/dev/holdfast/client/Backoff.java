package dev.holdfast.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the n-th attempt in a row: from {@code first}, doubled each time, up to
 * {@code most}; of that a random part between a half and all of it, so that clients that were cut
 * together do not come back together. Immutable; any thread.
 */
record Backoff(Duration first, Duration most, DoubleSupplier random) {

  Backoff {
    if (first.isNegative() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException("back-off: from " + first + " up to " + most);
    }
  }

  Duration before(int attempt) {
    double doubled = (double) first.toMillis() * Math.pow(2, Math.min(attempt, 30));
    double whole = Math.min(doubled, (double) most.toMillis());
    return Duration.ofMillis(Math.round(whole * (0.5 + random.getAsDouble() / 2)));
  }
}
