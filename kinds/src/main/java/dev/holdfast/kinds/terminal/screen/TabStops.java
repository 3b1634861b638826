package dev.holdfast.kinds.terminal.screen;

import java.util.BitSet;
import java.util.stream.IntStream;

/** The columns at which a tab ends. Belongs to its screen. */
final class TabStops {

  private static final int USUAL = 8;

  private final BitSet stops = new BitSet();
  private int cols;

  TabStops(int cols) {
    this.cols = cols;
    reset();
  }

  /** As they are at first. */
  void reset() {
    stops.clear();
    stops.or(usual(cols));
  }

  private static BitSet usual(int cols) {
    BitSet stops = new BitSet(cols);
    for (int at = USUAL; at < cols; at += USUAL) {
      stops.set(at);
    }
    return stops;
  }

  /** Whether they are where they are at first. */
  boolean usual() {
    return stops.equals(usual(cols));
  }

  /** Columns that come in have the usual ones. */
  void resize(int toCols) {
    for (int at = cols; at < toCols; at++) {
      stops.set(at, at % USUAL == 0);
    }
    stops.clear(toCols, Math.max(toCols, stops.length()));
    cols = toCols;
  }

  void set(int col) {
    stops.set(col);
  }

  void clear(int col) {
    stops.clear(col);
  }

  void clear() {
    stops.clear();
  }

  /** Where a tab leads to from there. */
  int after(int col) {
    int next = stops.nextSetBit(col + 1);
    return next < 0 ? cols - 1 : Math.min(next, cols - 1);
  }

  /** Where a tab backwards leads to from there. */
  int before(int col) {
    return Math.max(0, stops.previousSetBit(col - 1));
  }

  IntStream columns() {
    return stops.stream();
  }
}
