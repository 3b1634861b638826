package dev.holdfast.kinds.terminal.screen;

import java.util.ArrayDeque;
import java.util.Collection;

/**
 * The lines of one screen buffer, and those that have left it at the top. Belongs to its screen.
 */
final class Grid {

  private final int scrollback;
  private final ArrayDeque<Line> past = new ArrayDeque<>();
  private Line[] lines;

  Grid(int rows, int scrollback) {
    this.scrollback = scrollback;
    lines = fresh(rows);
  }

  private static Line[] fresh(int rows) {
    Line[] lines = new Line[rows];
    for (int i = 0; i < rows; i++) {
      lines[i] = new Line();
    }
    return lines;
  }

  Line line(int row) {
    return lines[row];
  }

  Collection<Line> past() {
    return past;
  }

  void forgetPast() {
    past.clear();
  }

  /** Moves the lines from {@code top} to {@code bottom} up; those that leave at 0 are kept. */
  void up(int top, int bottom, int count, int cols, long style) {
    int shift = Math.min(count, bottom - top + 1);
    for (int i = 0; i < shift; i++) {
      Line gone = lines[top + i];
      if (top == 0 && scrollback > 0) {
        keep(gone);
      }
    }
    System.arraycopy(lines, top + shift, lines, top, bottom - top + 1 - shift);
    blank(bottom - shift + 1, bottom, cols, style);
  }

  private void keep(Line gone) {
    if (past.size() == scrollback) {
      past.removeFirst();
    }
    past.addLast(gone.trimmed());
  }

  void down(int top, int bottom, int count, int cols, long style) {
    int shift = Math.min(count, bottom - top + 1);
    System.arraycopy(lines, top, lines, top + shift, bottom - top + 1 - shift);
    blank(top, top + shift - 1, cols, style);
  }

  private void blank(int from, int to, int cols, long style) {
    for (int row = from; row <= to; row++) {
      lines[row] = new Line();
      lines[row].erase(0, cols, style);
    }
  }

  /** Erases whole lines. */
  void erase(int from, int to, int cols, long style) {
    blank(from, to, cols, style);
  }

  /**
   * Makes it larger or smaller: lines below the cursor go first, then those at the top, to the
   * past, from where they come back.
   *
   * @return by how much the cursor's line has moved down
   */
  int resize(int rows, int cols, int cursor) {
    int before = lines.length;
    int moved = 0;
    if (rows < before) {
      int over = Math.max(0, cursor + 1 - rows);
      for (int i = 0; i < over && scrollback > 0; i++) {
        keep(lines[i]);
      }
      Line[] less = new Line[rows];
      System.arraycopy(lines, over, less, 0, rows);
      lines = less;
      moved = -over;
    } else if (rows > before) {
      int back = Math.min(rows - before, past.size());
      Line[] more = fresh(rows);
      System.arraycopy(lines, 0, more, back, before);
      for (int i = back - 1; i >= 0; i--) {
        more[i] = past.removeLast();
      }
      lines = more;
      moved = back;
    }
    for (Line line : lines) {
      line.cut(cols);
    }
    past.forEach(line -> line.cut(cols));
    return moved;
  }
}
