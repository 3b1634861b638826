package dev.holdfast.kinds.common;

import java.util.function.LongSupplier;

/** Makes ids of random numbers. Stateless. */
public final class Ids {

  /** Digits and small letters. */
  private static final int RADIX = 36;

  private Ids() {}

  /**
   * An id of letters and digits.
   *
   * @param longs how many numbers it is made of: 1 tells apart, 2 can't be guessed
   */
  public static String of(LongSupplier random, int longs) {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < longs; i++) {
      id.append(Long.toUnsignedString(random.getAsLong(), RADIX));
    }
    return id.toString();
  }
}
