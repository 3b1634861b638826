package dev.holdfast.kinds.terminal.screen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All of a screen in words, so that two can be compared. */
final class Described {

  private Described() {}

  static String of(Screen screen) {
    StringBuilder out = new StringBuilder();
    Buffer main = screen.buffers().main();
    Buffer other = screen.buffers().other();
    out.append(screen.rows()).append('x').append(screen.cols()).append('\n');
    out.append("cursor ").append(screen.cursor().now()).append('\n');
    out.append("saved ").append(saved(main)).append(saved(other)).append('\n');
    Extent extent = screen.extent();
    out.append("region ").append(extent.top()).append('-').append(extent.bottom()).append('\n');
    out.append("tabs ").append(screen.tabs().columns().boxed().toList()).append('\n');
    Modes modes = screen.modes();
    out.append("modes ").append(modes.changed()).append(modes.ansi()).append(modes.keys());
    out.append(screen.palette().colours()).append(modes.title()).append(modes.titles());
    out.append(modes.keypad()).append(modes.cursorShape()).append('\n');
    out.append("keyboard ").append(keyboard(main)).append(keyboard(other));
    out.append("\nonce ").append(screen.cursor().charsets().shiftOnce());
    out.append(" last ").append(screen.pen().last());
    out.append("\nbegun ").append(screen.begun()).append('\n');
    for (Line line : main.grid().past()) {
      out.append("past ").append(line(screen, line)).append('\n');
    }
    grid(screen, main.grid(), out);
    if (other != null) {
      out.append("other\n");
      grid(screen, other.grid(), out);
    }
    return out.toString();
  }

  /** What can be read on it, a line each, without blanks at the end. */
  static String text(Screen screen) {
    StringBuilder out = new StringBuilder();
    Grid grid = screen.buffers().shown().grid();
    for (int row = 0; row < screen.rows(); row++) {
      StringBuilder line = new StringBuilder();
      for (int col = 0; col < screen.cols(); col++) {
        int cell = grid.line(row).text(col);
        if (cell != Line.HALF) {
          line.append(screen.cells().text(cell));
        }
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString().stripTrailing();
  }

  private static Cursor.Saved saved(@Nullable Buffer buffer) {
    return buffer == null ? Cursor.Saved.HOME : buffer.saved();
  }

  private static List<Integer> keyboard(@Nullable Buffer buffer) {
    return buffer == null ? List.of() : buffer.keyboard().pushed();
  }

  private static void grid(Screen screen, Grid grid, StringBuilder out) {
    for (int row = 0; row < screen.rows(); row++) {
      out.append(row).append(": ").append(line(screen, grid.line(row))).append('\n');
    }
  }

  private static String line(Screen screen, Line line) {
    StringBuilder out = new StringBuilder();
    long style = Style.PLAIN;
    int last = line.used();
    while (last > 0 && line.text(last - 1) == ' ' && line.style(last - 1) == Style.PLAIN) {
      last--;
    }
    for (int col = 0; col < last; col++) {
      if (line.style(col) != style) {
        style = line.style(col);
        out.append('{');
        Style.write(style, out);
        out.append('}');
      }
      int cell = line.text(col);
      out.append(cell == Line.HALF ? "<" : screen.cells().text(cell));
    }
    return out.toString();
  }
}
