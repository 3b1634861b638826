package dev.holdfast.kinds.terminal.screen;

/** How large a screen is, and the margins between which its lines scroll. Belongs to its screen. */
final class Extent {

  private int rows;
  private int cols;
  private int top;
  private int bottom;

  Extent(int rows, int cols) {
    resize(rows, cols);
  }

  /** Makes it larger or smaller, without margins. */
  void resize(int toRows, int toCols) {
    rows = toRows;
    cols = toCols;
    noMargins();
  }

  int rows() {
    return rows;
  }

  int cols() {
    return cols;
  }

  /** The first row that scrolls. */
  int top() {
    return top;
  }

  /** The last row that scrolls. */
  int bottom() {
    return bottom;
  }

  void margins(int toTop, int toBottom) {
    top = toTop;
    bottom = toBottom;
  }

  void noMargins() {
    margins(0, rows - 1);
  }

  /** Whether all of it scrolls. */
  boolean whole() {
    return top == 0 && bottom == rows - 1;
  }

  /** Whether a row is one of those that scroll. */
  boolean scrolls(int row) {
    return row >= top && row <= bottom;
  }
}
