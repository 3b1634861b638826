package dev.holdfast.kinds.terminal.screen;

import org.jspecify.annotations.Nullable;

/**
 * The main buffer of a screen, and the alternate one, which is there only while it is shown.
 * Belongs to its screen.
 */
final class Buffers {

  private final Buffer main;
  private @Nullable Buffer other;
  private Buffer shown;

  Buffers(int rows, int scrollback) {
    main = new Buffer(rows, scrollback);
    shown = main;
  }

  Buffer main() {
    return main;
  }

  /** The alternate one; null while the main one is shown. */
  @Nullable Buffer other() {
    return other;
  }

  Buffer shown() {
    return shown;
  }

  boolean onMain() {
    return other == null;
  }

  /** Shows the alternate one; false if it was shown already. */
  boolean toOther(int rows) {
    if (other != null) {
      return false;
    }
    other = new Buffer(rows, 0);
    shown = other;
    return true;
  }

  /** Shows the main one: there is no way back to what stood on the other. */
  void toMain() {
    other = null;
    shown = main;
  }

  /** Makes both larger or smaller; tells by how much the line of the cursor has moved down. */
  int resize(int rows, int cols, int cursorRow) {
    if (other == null) {
      return main.resize(rows, cols, cursorRow);
    }
    main.resize(rows, cols, main.saved().row());
    return other.resize(rows, cols, cursorRow);
  }
}
