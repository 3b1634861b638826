package dev.holdfast.kinds.terminal.screen;

/** Where the next character goes, and how it is written. Belongs to its screen. */
final class Cursor {

  /** Where the cursor was, and how it wrote, when it was saved (DECSC). */
  record Saved(
      int row, int col, boolean wrapNext, long style, String charsets, int shift, boolean origin) {

    static final Saved HOME = new Saved(0, 0, false, Style.PLAIN, Charsets.ASCII, 0, false);

    /** The same on a screen of that size, whose lines have moved down. */
    Saved within(int rows, int cols, int moved) {
      return new Saved(
          Math.clamp(row + moved, 0, rows - 1),
          Math.min(col, cols - 1),
          false,
          style,
          charsets,
          shift,
          origin);
    }
  }

  private final Extent extent;
  private final TabStops tabs;
  private final Modes modes;
  private final Charsets charsets = new Charsets();
  private int row;
  private int col;
  private boolean wrapNext;
  private long style;

  Cursor(Extent extent, TabStops tabs, Modes modes) {
    this.extent = extent;
    this.tabs = tabs;
    this.modes = modes;
  }

  int row() {
    return row;
  }

  int col() {
    return col;
  }

  /** Whether the line is full, so that the next character goes into the one below. */
  boolean wrapsNext() {
    return wrapNext;
  }

  long style() {
    return style;
  }

  void style(long next) {
    style = next;
  }

  /** The style of what is erased by now. */
  long blank() {
    return Style.erased(style);
  }

  Charsets charsets() {
    return charsets;
  }

  /** The next character goes where the cursor is, even if the line is full. */
  void stay() {
    wrapNext = false;
  }

  /** Moves on behind a character, or as many as are that wide. */
  void advance(int width) {
    if (col + width < extent.cols()) {
      col += width;
    } else {
      col = extent.cols() - 1;
      wrapNext = modes.on(Modes.WRAP);
    }
  }

  /** Moves up, not over the margin. */
  void up(int count) {
    wrapNext = false;
    row = Math.max(row >= extent.top() ? extent.top() : 0, row - count);
  }

  /** Moves down, not over the margin. */
  void down(int count) {
    wrapNext = false;
    row = Math.min(row <= extent.bottom() ? extent.bottom() : extent.rows() - 1, row + count);
  }

  void left(int count) {
    toCol(col - count);
  }

  void right(int count) {
    toCol(col + count);
  }

  void toCol(int to) {
    wrapNext = false;
    col = Math.clamp(to, 0, extent.cols() - 1);
  }

  /** Moves to a row by its number, which counts from the margin where the origin is there. */
  void toLine(int number) {
    wrapNext = false;
    row =
        modes.on(Modes.ORIGIN)
            ? Math.min(extent.bottom(), extent.top() + number - 1)
            : Math.min(extent.rows(), number) - 1;
  }

  void home() {
    toCol(0);
    row = modes.on(Modes.ORIGIN) ? extent.top() : 0;
  }

  void toLastLine() {
    toCol(0);
    row = extent.rows() - 1;
  }

  /** To the next tab stops; a line that is full stays full. */
  void tab(int count) {
    for (int i = 0; i < count && col < extent.cols() - 1; i++) {
      col = tabs.after(col);
    }
  }

  void tabBack(int count) {
    wrapNext = false;
    for (int i = 0; i < count && col > 0; i++) {
      col = tabs.before(col);
    }
  }

  /** The screen has another size, and the line that it was in has moved down. */
  void resized(int moved) {
    toCol(col);
    row = Math.clamp(row + moved, 0, extent.rows() - 1);
  }

  /** What would be saved of it now. */
  Saved now() {
    boolean origin = modes.on(Modes.ORIGIN);
    return new Saved(row, col, wrapNext, style, charsets.sets(), charsets.shift(), origin);
  }

  void restore(Saved saved) {
    int lastRow = extent.rows() - 1;
    int lastCol = extent.cols() - 1;
    row =
        saved.origin
            ? Math.clamp(saved.row, extent.top(), extent.bottom())
            : Math.min(saved.row, lastRow);
    col = Math.min(saved.col, lastCol);
    wrapNext = saved.wrapNext && col == lastCol && modes.on(Modes.WRAP);
    style = saved.style;
    charsets.set(saved.charsets, saved.shift);
    modes.set(Modes.ORIGIN, saved.origin);
  }

  /** Writes as at first, wherever it is. */
  void plain() {
    style = Style.PLAIN;
    charsets.set(Charsets.ASCII, 0);
  }
}
