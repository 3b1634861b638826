package dev.holdfast.kinds.terminal.screen;

import java.util.Arrays;

/** The parameters of a control sequence: numbers, some of them parts of the one before. */
final class Params {

  private static final int MOST = 64;
  private static final int LARGEST = 65_535;

  private final int[] values = new int[MOST];
  private final boolean[] subs = new boolean[MOST];
  private int count;

  void clear() {
    count = 0;
  }

  /** A digit, or the end of a number. */
  void take(char c) {
    if (c == ';' || c == ':') {
      if (count == 0) {
        begin(false);
      }
      begin(c == ':');
    } else {
      if (count == 0) {
        begin(false);
      }
      int before = Math.max(0, values[count - 1]);
      values[count - 1] = Math.min(LARGEST, before * 10 + (c - '0'));
    }
  }

  private void begin(boolean sub) {
    if (count < MOST) {
      values[count] = -1;
      subs[count] = sub;
      count++;
    }
  }

  int count() {
    return count;
  }

  /** The number at a place; the default where there is none. */
  int get(int at, int byDefault) {
    return at < count && values[at] >= 0 ? values[at] : byDefault;
  }

  /** The same, where 0 means the default, too. */
  int positive(int at) {
    return Math.max(1, get(at, 1));
  }

  /** Whether the number at a place is a part of the one before. */
  boolean sub(int at) {
    return at < count && subs[at];
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(values, count));
  }
}
