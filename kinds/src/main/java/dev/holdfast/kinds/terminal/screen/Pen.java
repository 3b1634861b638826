package dev.holdfast.kinds.terminal.screen;

/**
 * Writes characters where the cursor is, and moves it on. A run of ASCII is written without a look
 * at each character's set and width, as most output is nothing else. Belongs to its screen.
 */
final class Pen {

  private static final int MOST_REPEATED = 65_535;

  private final Extent extent;
  private final Modes modes;
  private final Cursor cursor;
  private final Charsets charsets;
  private final Editor editor;
  private final Cells cells;

  /** The character shown last, if nothing came after it, and where it is; 0 for none. */
  private int last;

  private int lastCol;

  Pen(Extent extent, Modes modes, Cursor cursor, Editor editor, Cells cells) {
    this.extent = extent;
    this.modes = modes;
    this.cursor = cursor;
    this.charsets = cursor.charsets();
    this.editor = editor;
    this.cells = cells;
  }

  /** The character that a repetition would repeat; 0 for none. */
  int last() {
    return last;
  }

  int lastCol() {
    return lastCol;
  }

  /** Something else came: there is nothing to repeat any more. */
  void lift() {
    last = 0;
  }

  void write(String text, int from, int to) {
    int i = from;
    while (i < to) {
      char c = text.charAt(i);
      if (c < 0x7f && charsets.ascii()) {
        i = ascii(text, i, to);
      } else {
        int codePoint = text.codePointAt(i);
        i += Character.charCount(codePoint);
        write(codePoint);
      }
    }
  }

  /** Writes the character shown last again. */
  void repeat(int count) {
    int most = Math.min(count, MOST_REPEATED);
    for (int i = 0; i < most && last != 0; i++) {
      write(last);
    }
    last = 0;
  }

  /** Shows a run of ASCII characters, as far as they fit into the line; at least one. */
  private int ascii(String text, int from, int to) {
    if (modes.ansi(Modes.INSERT)) {
      write(text.charAt(from));
      return from + 1;
    }
    if (cursor.wrapsNext()) {
      wrap();
    }
    int col = cursor.col();
    int most = Math.min(to, from + extent.cols() - col);
    int end = from;
    while (end < most && text.charAt(end) < 0x7f) {
      end++;
    }
    Line line = editor.line();
    long style = cursor.style();
    int width = end - from;
    line.part(col);
    line.part(col + width);
    line.room(col + width);
    for (int i = 0; i < width; i++) {
      line.set(col + i, text.charAt(from + i), style);
    }
    last = text.charAt(end - 1);
    lastCol = col + width - 1;
    cursor.advance(width);
    return end;
  }

  private void write(int codePoint) {
    boolean once = charsets.shiftOnce() != 0;
    int what = charsets.map(codePoint);
    last = show(what) && !once && !modes.ansi(Modes.INSERT) ? codePoint : 0;
  }

  /** Shows a character; false for a mark on the one before, and for one that has no room. */
  private boolean show(int codePoint) {
    int width = Cells.width(codePoint);
    if (width == 0) {
      combine(codePoint);
      return false;
    }
    if (!makeRoom(width)) {
      return false;
    }
    int col = cursor.col();
    Line line = editor.line();
    if (modes.ansi(Modes.INSERT)) {
      line.insert(col, width, extent.cols(), Style.PLAIN);
    }
    line.part(col);
    line.part(col + width);
    line.room(col + width);
    line.set(col, codePoint, cursor.style());
    if (width == 2) {
      line.set(col + 1, Line.HALF, cursor.style());
    }
    lastCol = col;
    cursor.advance(width);
    return true;
  }

  /** Moves the cursor to where a character of that width fits; false if it fits nowhere. */
  private boolean makeRoom(int width) {
    if (cursor.wrapsNext()) {
      wrap();
    }
    if (cursor.col() + width > extent.cols()) {
      if (extent.cols() < width) {
        return false;
      }
      if (modes.on(Modes.WRAP)) {
        wrap();
      } else {
        cursor.toCol(extent.cols() - width);
      }
    }
    return true;
  }

  private void combine(int mark) {
    int at = cursor.wrapsNext() ? cursor.col() : cursor.col() - 1;
    Line line = editor.line();
    if (at >= 0 && line.text(at) == Line.HALF) {
      at--;
    }
    if (at >= 0) {
      line.set(at, cells.combine(line.text(at), mark), line.style(at));
    }
  }

  private void wrap() {
    cursor.toCol(0);
    editor.index();
  }
}
