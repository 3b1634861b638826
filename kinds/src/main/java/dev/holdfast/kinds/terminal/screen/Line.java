package dev.holdfast.kinds.terminal.screen;

import java.util.Arrays;

/**
 * One line of cells. Beyond {@code used} all cells are blank and plain, and take no room; so an
 * empty line is next to nothing. Belongs to its screen.
 */
final class Line {

  /** The second half of a wide character. */
  static final int HALF = -1;

  private static final int[] NO_TEXT = {};
  private static final long[] NO_STYLES = {};

  private int[] text = NO_TEXT;
  private long[] styles = NO_STYLES;
  private int used;

  int used() {
    return used;
  }

  int text(int col) {
    return col < used ? text[col] : ' ';
  }

  long style(int col) {
    return col < used ? styles[col] : Style.PLAIN;
  }

  void set(int col, int codePoint, long style) {
    if (col >= used) {
      if (codePoint == ' ' && style == Style.PLAIN) {
        return;
      }
      grow(col + 1);
    }
    text[col] = codePoint;
    styles[col] = style;
  }

  /** Room for a run of cells that are about to be set. */
  void room(int cols) {
    if (cols > used) {
      grow(cols);
    }
  }

  private void grow(int to) {
    if (to > text.length) {
      int capacity = Math.max(to, Math.min(used * 2, 512));
      text = Arrays.copyOf(text, capacity);
      styles = Arrays.copyOf(styles, capacity);
    }
    Arrays.fill(text, used, to, ' ');
    Arrays.fill(styles, used, to, Style.PLAIN);
    used = to;
  }

  /** Erases cells, which keep that style. */
  void erase(int from, int to, long style) {
    if (from >= to) {
      return;
    }
    part(from);
    part(to);
    if (style == Style.PLAIN && to >= used) {
      used = Math.min(used, from);
      return;
    }
    room(to);
    Arrays.fill(text, from, to, ' ');
    Arrays.fill(styles, from, to, style);
  }

  /** Moves the cells from {@code at} on to the right; what leaves {@code cols} is lost. */
  void insert(int at, int count, int cols, long style) {
    part(at);
    int shift = Math.min(count, cols - at);
    if (used > at) {
      int kept = Math.min(used, cols - shift) - at;
      room(Math.min(cols, used + shift));
      if (kept > 0) {
        System.arraycopy(text, at, text, at + shift, kept);
        System.arraycopy(styles, at, styles, at + shift, kept);
      }
    }
    erase(at, at + shift, style);
    cut(cols);
  }

  /** Removes cells; those behind them move up, and blanks come in at {@code cols}. */
  void delete(int at, int count, int cols, long style) {
    part(at);
    int shift = Math.min(count, cols - at);
    part(at + shift);
    if (used > at + shift) {
      System.arraycopy(text, at + shift, text, at, used - at - shift);
      System.arraycopy(styles, at + shift, styles, at, used - at - shift);
      used -= shift;
    } else {
      used = Math.min(used, at);
    }
    erase(cols - shift, cols, style);
  }

  /** Nothing lies beyond that many columns any more. */
  void cut(int cols) {
    if (used >= cols) {
      part(cols);
      used = cols;
      if (cols > 0 && text[cols - 1] != HALF && wide(cols - 1)) {
        text[cols - 1] = ' ';
      }
    }
  }

  private boolean wide(int col) {
    return Cells.wide(text[col]);
  }

  /** A wide character that begins before that column and reaches into it becomes two blanks. */
  void part(int col) {
    if (col > 0 && col < used && text[col] == HALF) {
      text[col] = ' ';
      text[col - 1] = ' ';
    }
  }

  /** What is kept of it once it can't change any more. */
  Line trimmed() {
    Line kept = new Line();
    int last = used;
    while (last > 0 && text[last - 1] == ' ' && styles[last - 1] == Style.PLAIN) {
      last--;
    }
    kept.text = Arrays.copyOf(text, last);
    kept.styles = Arrays.copyOf(styles, last);
    kept.used = last;
    return kept;
  }
}
