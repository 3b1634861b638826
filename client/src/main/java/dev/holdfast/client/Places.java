package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/** Positions, {@code epoch:offset}, taken apart. Any thread. */
final class Places {

  private Places() {}

  static String epoch(String position) {
    return position.substring(0, Math.max(0, position.lastIndexOf(':')));
  }

  static long offset(@Nullable String position) {
    if (position == null) {
      return 0;
    }
    try {
      return Long.parseLong(position.substring(position.lastIndexOf(':') + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Whether one position comes after another of the same epoch. */
  static boolean later(String one, String other) {
    return epoch(one).equals(epoch(other)) && offset(one) > offset(other);
  }

  static String of(String epoch, long offset) {
    return epoch + ":" + offset;
  }
}
