package dev.holdfast.conformance;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a case asserts. Any thread. */
final class Check {

  /** How long what has to come is waited for: a machine that is busy with much else takes long. */
  static final int PATIENCE_SECONDS = 40;

  private Check() {}

  static void equal(String what, @Nullable Object expected, @Nullable Object actual) {
    if (!Objects.equals(normal(expected), normal(actual))) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
  }

  private static @Nullable Object normal(@Nullable Object value) {
    return value instanceof Integer number ? Long.valueOf(number) : value;
  }

  static void that(String what, boolean holds, @Nullable Object actual) {
    if (!holds) {
      throw new AssertionError(what + ": " + actual);
    }
  }

  /** Waits, in bounds, until it holds: for what a gateway does a little after it was asked. */
  static void becomes(String what, Callable<Boolean> holds) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.call()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError(what + ": not within " + PATIENCE_SECONDS + " s");
      }
      Thread.sleep(20);
    }
  }

  /**
   * Waits until a number has risen to so much, for as long as it rises: however busy the machine.
   */
  static void reaches(String what, long much, Callable<Long> number) throws Exception {
    long most = Long.MIN_VALUE;
    long until = 0;
    while (most < much) {
      long now = number.call();
      if (now > most) {
        most = now;
        until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      } else if (System.nanoTime() - until > 0) {
        throw new AssertionError(
            what + ": " + most + " of " + much + ", and no more for " + PATIENCE_SECONDS + " s");
      }
      Thread.sleep(20);
    }
  }
}
