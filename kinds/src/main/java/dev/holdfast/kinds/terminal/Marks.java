package dev.holdfast.kinds.terminal;

import java.util.Arrays;

/**
 * How much had been said by each event that is retained, so that the distance between two places is
 * known. Any thread.
 */
final class Marks {

  private long[] totals = new long[16];

  /** The offset of the first mark. */
  private long first = 1;

  /** How much had been said before that. */
  private long base;

  private int count;
  private long total;

  /**
   * An event of that size was appended.
   *
   * @param head the offset of the last event that is not retained any more
   */
  synchronized void add(long size, long head) {
    while (count > 1 && first <= head) {
      base = totals[index(first, totals.length)];
      first++;
      count--;
    }
    if (count == totals.length) {
      long[] more = new long[count * 2];
      for (int i = 0; i < count; i++) {
        more[index(first + i, more.length)] = totals[index(first + i, totals.length)];
      }
      totals = more;
    }
    total += size;
    totals[index(first + count, totals.length)] = total;
    count++;
  }

  private static int index(long offset, int length) {
    return (int) (offset & (length - 1));
  }

  /** How much was said after that event, as far as it is retained. */
  synchronized long after(long offset) {
    if (count == 0 || offset >= first + count - 1) {
      return 0;
    }
    return total - (offset < first ? base : totals[index(offset, totals.length)]);
  }

  /** How much was said after one event and up to another. */
  synchronized long between(long from, long to) {
    return after(from) - after(to);
  }

  @Override
  public synchronized String toString() {
    return first + "+" + count + Arrays.toString(totals);
  }
}
