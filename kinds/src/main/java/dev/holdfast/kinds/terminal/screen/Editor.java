package dev.holdfast.kinds.terminal.screen;

/**
 * Scrolls, erases, inserts and deletes what stands on a screen, and knows whether all of it has
 * been replaced since something was not heard. Belongs to its screen.
 */
final class Editor {

  private final Extent extent;
  private final Cursor cursor;
  private final Buffers buffers;

  /** Lines on the screen that are not what they should be, since something was not heard. */
  private int doubtful;

  Editor(Extent extent, Cursor cursor, Buffers buffers) {
    this.extent = extent;
    this.cursor = cursor;
    this.buffers = buffers;
  }

  private Grid grid() {
    return buffers.shown().grid();
  }

  /** The line that the cursor is in. */
  Line line() {
    return grid().line(cursor.row());
  }

  void doubt() {
    doubtful = extent.rows();
  }

  boolean certain() {
    return doubtful == 0;
  }

  /** All that is on the screen has been replaced. */
  void replaced() {
    doubtful = 0;
  }

  /** Moves the cursor down a line, or what is between the margins up. */
  void index() {
    cursor.stay();
    if (cursor.row() == extent.bottom()) {
      scrollUp(1);
    } else {
      cursor.down(1);
    }
  }

  /** Moves the cursor up a line, or what is between the margins down. */
  void reverseIndex() {
    cursor.stay();
    if (cursor.row() == extent.top()) {
      scrollDown(1);
    } else {
      cursor.up(1);
    }
  }

  void scrollUp(int count) {
    cursor.stay();
    grid().up(extent.top(), extent.bottom(), count, extent.cols(), cursor.blank());
    if (extent.whole()) {
      doubtful = Math.max(0, doubtful - count);
    }
  }

  void scrollDown(int count) {
    cursor.stay();
    grid().down(extent.top(), extent.bottom(), count, extent.cols(), cursor.blank());
  }

  void insertCells(int count) {
    cursor.stay();
    line().insert(cursor.col(), count, extent.cols(), cursor.blank());
  }

  void deleteCells(int count) {
    cursor.stay();
    line().delete(cursor.col(), count, extent.cols(), cursor.blank());
  }

  void eraseCells(int count) {
    cursor.stay();
    int to = Math.min(extent.cols(), cursor.col() + count);
    line().erase(cursor.col(), to, cursor.blank());
  }

  void insertLines(int count) {
    if (extent.scrolls(cursor.row())) {
      grid().down(cursor.row(), extent.bottom(), count, extent.cols(), cursor.blank());
      cursor.toCol(0);
    }
  }

  void deleteLines(int count) {
    if (extent.scrolls(cursor.row())) {
      grid().up(cursor.row(), extent.bottom(), count, extent.cols(), cursor.blank());
      cursor.toCol(0);
    }
  }

  /** Erases what is behind the cursor (0), before it (1), all (2), or what has left (3). */
  void eraseScreen(int which) {
    cursor.stay();
    switch (which) {
      case 0 -> {
        eraseLine(0);
        eraseRows(cursor.row() + 1, extent.rows() - 1);
        if (cursor.row() == 0 && cursor.col() == 0) {
          replaced();
        }
      }
      case 1 -> {
        eraseRows(0, cursor.row() - 1);
        eraseLine(1);
      }
      case 2 -> {
        eraseRows(0, extent.rows() - 1);
        replaced();
      }
      case 3 -> buffers.main().grid().forgetPast();
      default -> {
        // There is no such part.
      }
    }
  }

  private void eraseRows(int from, int to) {
    grid().erase(from, to, extent.cols(), cursor.blank());
  }

  /** Erases what is behind the cursor in its line (0), before it (1), or all (2). */
  void eraseLine(int which) {
    cursor.stay();
    switch (which) {
      case 0 -> line().erase(cursor.col(), extent.cols(), cursor.blank());
      case 1 -> line().erase(0, cursor.col() + 1, cursor.blank());
      case 2 -> line().erase(0, extent.cols(), cursor.blank());
      default -> {
        // There is no such part.
      }
    }
  }

  /** Fills the screen with the letter E (DECALN). */
  void align() {
    extent.noMargins();
    cursor.home();
    for (int row = 0; row < extent.rows(); row++) {
      Line line = grid().line(row);
      line.erase(0, extent.cols(), Style.PLAIN);
      line.room(extent.cols());
      for (int col = 0; col < extent.cols(); col++) {
        line.set(col, 'E', Style.PLAIN);
      }
    }
    replaced();
  }
}
