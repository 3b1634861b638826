package dev.holdfast.kinds.terminal.screen;

import java.util.function.Consumer;

/**
 * Tells a program what it asks of its terminal, as a VT220 with colours would, and as much of xterm
 * as programs rely on. Belongs to its screen.
 */
final class Answers {

  private static final String CSI = "\u001b[";
  private static final String DCS = "\u001bP";
  private static final String ST = "\u001b\\";

  private final Extent extent;
  private final Modes modes;
  private final Cursor cursor;
  private final Consumer<String> program;

  Answers(Extent extent, Modes modes, Cursor cursor, Consumer<String> program) {
    this.extent = extent;
    this.modes = modes;
    this.cursor = cursor;
    this.program = program;
  }

  /** A VT220 with colours (DA1). */
  void attributes() {
    program.accept(CSI + "?62;22c");
  }

  /** As much of xterm as programs ask of that number before they rely on it (DA2). */
  void version() {
    program.accept(CSI + ">0;276;0c");
  }

  /** Which of all terminals this is (DA3). */
  void unit() {
    program.accept(DCS + "!|00000000" + ST);
  }

  void name() {
    program.accept(DCS + ">|holdfast" + ST);
  }

  void noCapability() {
    program.accept(DCS + "0+r" + ST);
  }

  /** Whether a mode is set (DECRQM). */
  void mode(boolean mine, int mode) {
    boolean set = mine ? modes.on(mode) : modes.ansi(mode);
    program.accept(CSI + (mine ? "?" : "") + mode + ";" + (set ? 1 : 2) + "$y");
  }

  /** A setting (DECRQSS). */
  void setting(String what) {
    StringBuilder out = new StringBuilder(DCS + "1$r");
    switch (what) {
      case "m" -> Style.write(cursor.style(), out);
      case "r" -> out.append(extent.top() + 1).append(';').append(extent.bottom() + 1);
      case " q" -> out.append(modes.cursorShape());
      default -> {
        program.accept(DCS + "0$r" + ST);
        return;
      }
    }
    program.accept(out.append(what).append(ST).toString());
  }

  /** Where the cursor is, or that all is well (DSR). */
  void status(int what, String prefix) {
    if (what == 6) {
      int line = modes.on(Modes.ORIGIN) ? cursor.row() - extent.top() : cursor.row();
      program.accept(CSI + prefix + (line + 1) + ";" + (cursor.col() + 1) + "R");
    } else if (what == 5 && prefix.isEmpty()) {
      program.accept(CSI + "0n");
    }
  }

  /** That the window is open, or how large it is. */
  void window(int what) {
    String size = extent.rows() + ";" + extent.cols() + "t";
    switch (what) {
      case 11 -> program.accept(CSI + "1t");
      case 18 -> program.accept(CSI + "8;" + size);
      case 19 -> program.accept(CSI + "9;" + size);
      default -> {
        // There is no window to move.
      }
    }
  }
}
