package dev.holdfast.kinds.terminal.screen;

/**
 * One of the two that a screen shows in turn: its lines, and the cursor and the keyboard flags that
 * are kept with them. Belongs to its screen.
 */
final class Buffer {

  private final Grid grid;
  private final Keyboard keyboard = new Keyboard();
  private Cursor.Saved saved = Cursor.Saved.HOME;

  Buffer(int rows, int scrollback) {
    grid = new Grid(rows, scrollback);
  }

  Grid grid() {
    return grid;
  }

  Keyboard keyboard() {
    return keyboard;
  }

  Cursor.Saved saved() {
    return saved;
  }

  void save(Cursor.Saved cursor) {
    saved = cursor;
  }

  /** Makes it larger or smaller; tells by how much the line of the cursor has moved down. */
  int resize(int rows, int cols, int cursorRow) {
    int moved = grid.resize(rows, cols, cursorRow);
    saved = saved.within(rows, cols, moved);
    return moved;
  }

  /** As it is at first. */
  void reset(Extent extent) {
    grid.forgetPast();
    grid.erase(0, extent.rows() - 1, extent.cols(), Style.PLAIN);
    keyboard.clear();
    saved = Cursor.Saved.HOME;
  }
}
