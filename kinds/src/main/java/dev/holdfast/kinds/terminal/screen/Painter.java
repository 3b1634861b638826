package dev.holdfast.kinds.terminal.screen;

import java.util.Map;

/**
 * Writes down a screen. It begins with a full reset, as clearing alone leaves margins, character
 * sets, modes and the alternate screen as they were; what has modes of its own is set after all
 * that has been painted. Used once.
 */
final class Painter {

  private static final String ESC = "\u001b";
  private static final String CSI = "\u001b[";

  private final Screen screen;
  private final StringBuilder out = new StringBuilder(4_096);

  /** The style in which whoever reads this writes by now. */
  private long style = Style.PLAIN;

  /** The row from which places are counted by now. */
  private int upper;

  Painter(Screen screen) {
    this.screen = screen;
  }

  String paint() {
    Modes modes = screen.modes();
    out.append(ESC).append('c');
    colours();
    titles(modes);
    past();
    buffer(screen.buffers().main());
    Buffer other = screen.buffers().other();
    if (other != null) {
      // The usual way in would save the cursor once more, and not where it was saved.
      out.append(CSI).append("?1047h").append(CSI).append('H');
      buffer(other);
    }
    tabs();
    modes(modes);
    region();
    Cursor.Saved now = screen.cursor().now();
    if (screen.pen().last() == 0) {
      cursor(now, screen.buffers().shown().grid());
    } else {
      afterLast(now);
    }
    insert(modes);
    once();
    out.append(screen.begun());
    return out.toString();
  }

  private void colours() {
    for (Map.Entry<String, String> colour : screen.palette().colours().entrySet()) {
      out.append(ESC).append(']').append(colour.getKey()).append(';');
      out.append(colour.getValue()).append(ESC).append('\\');
    }
  }

  private void titles(Modes modes) {
    for (String title : modes.titles()) {
      title(title);
      out.append(CSI).append("22;2t");
    }
    if (!modes.titles().isEmpty() || !modes.title().isEmpty()) {
      title(modes.title());
    }
  }

  private void title(String title) {
    out.append(ESC).append("]2;").append(title).append(ESC).append('\\');
  }

  private void past() {
    for (Line line : screen.buffers().main().grid().past()) {
      cells(line, Math.min(line.used(), screen.cols()));
      select(Style.PLAIN);
      out.append("\r\n");
    }
  }

  private void buffer(Buffer buffer) {
    lines(buffer.grid());
    keyboard(buffer.keyboard());
    saved(buffer.saved(), buffer.grid());
  }

  private void lines(Grid grid) {
    for (int row = 0; row < screen.rows(); row++) {
      if (row > 0) {
        select(Style.PLAIN);
        out.append("\r\n");
      }
      Line line = grid.line(row);
      cells(line, line.used());
    }
    select(Style.PLAIN);
  }

  private void cells(Line line, int to) {
    for (int col = 0; col < to; col++) {
      int cell = line.text(col);
      if (cell != Line.HALF) {
        select(line.style(col));
        text(cell);
      }
    }
  }

  private void text(int cell) {
    if (cell > Line.HALF && cell < 0x7f) {
      out.append((char) cell);
    } else {
      out.append(screen.cells().text(cell));
    }
  }

  private void select(long next) {
    if (next != style) {
      out.append(CSI);
      Style.write(next, out);
      out.append('m');
      style = next;
    }
  }

  private void keyboard(Keyboard keyboard) {
    for (int flags : keyboard.pushed()) {
      out.append(CSI).append('>').append(flags).append('u');
    }
  }

  private void saved(Cursor.Saved saved, Grid grid) {
    if (!saved.equals(Cursor.Saved.HOME)) {
      if (saved.origin()) {
        out.append(CSI).append("?6h");
      }
      cursor(saved, grid);
      out.append(ESC).append('7');
      plain();
    }
  }

  /** Writes again as at first. */
  private void plain() {
    out.append(CSI).append("?6l");
    select(Style.PLAIN);
    out.append(ESC).append("(B").append(ESC).append(")B");
    out.append(ESC).append("*B").append(ESC).append("+B\u000f");
  }

  /** Puts the cursor there; with margins set and origin on, places count from the upper one. */
  private void cursor(Cursor.Saved at, Grid grid) {
    place(at.row(), at.col());
    if (at.wrapNext()) {
      // Only a character in the last column makes the next one wrap.
      Line line = grid.line(at.row());
      int col = line.text(at.col()) == Line.HALF ? at.col() - 1 : at.col();
      place(at.row(), col);
      select(line.style(col));
      text(line.text(col));
      // And no character is one to be repeated any more.
      style = ~at.style();
    }
    select(at.style());
    charsets(at);
  }

  /** The cursor after the character shown last, which can still be repeated. */
  private void afterLast(Cursor.Saved at) {
    charsets(at);
    place(at.row(), screen.pen().lastCol());
    select(at.style());
    out.appendCodePoint(screen.pen().last());
  }

  private void charsets(Cursor.Saved at) {
    for (int set = 0; set < 4; set++) {
      if (at.charsets().charAt(set) != 'B') {
        out.append(ESC).append("()*+".charAt(set)).append(at.charsets().charAt(set));
      }
    }
    out.append(
        switch (at.shift()) {
          case 1 -> "\u000e";
          case 2 -> ESC + "n";
          case 3 -> ESC + "o";
          default -> "";
        });
  }

  private void place(int row, int col) {
    out.append(CSI).append(row - upper + 1).append(';').append(col + 1).append('H');
  }

  private void tabs() {
    if (!screen.tabs().usual()) {
      out.append(CSI).append("3g");
      screen
          .tabs()
          .columns()
          .forEach(tab -> out.append(CSI).append(tab + 1).append('G').append(ESC).append('H'));
    }
  }

  private void region() {
    Extent extent = screen.extent();
    if (!extent.whole()) {
      out.append(CSI).append(extent.top() + 1).append(';');
      out.append(extent.bottom() + 1).append('r');
    }
    if (screen.modes().on(Modes.ORIGIN)) {
      out.append(CSI).append("?6h");
      upper = extent.top();
    }
  }

  private void modes(Modes modes) {
    for (int mode : modes.changed()) {
      if (mode != Modes.ORIGIN) {
        out.append(CSI).append('?').append(mode).append(modes.on(mode) ? 'h' : 'l');
      }
    }
    for (int mode : modes.ansi()) {
      if (mode != Modes.INSERT) {
        out.append(CSI).append(mode).append('h');
      }
    }
    for (Map.Entry<Integer, Integer> key : modes.keys().entrySet()) {
      out.append(CSI).append('>').append(key.getKey()).append(';');
      out.append(key.getValue()).append('m');
    }
    if (modes.keypad()) {
      out.append(ESC).append('=');
    }
    if (modes.cursorShape() != 0) {
      out.append(CSI).append(modes.cursorShape()).append(" q");
    }
  }

  private void insert(Modes modes) {
    if (modes.ansi(Modes.INSERT)) {
      out.append(CSI).append("4h");
    }
  }

  private void once() {
    int set = screen.cursor().charsets().shiftOnce();
    if (set != 0) {
      out.append(ESC).append(set == 2 ? 'N' : 'O');
    }
  }
}
