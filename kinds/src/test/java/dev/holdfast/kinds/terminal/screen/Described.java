package dev.holdfast.kinds.terminal.screen;

import org.jspecify.annotations.Nullable;

/** All of a screen in words, so that two can be compared. */
final class Described {

  private Described() {}

  static String of(Screen screen) {
    StringBuilder out = new StringBuilder();
    Grid now = screen.onMain() ? screen.main() : screen.other();
    out.append(screen.rows()).append('x').append(screen.cols()).append('\n');
    out.append("cursor ").append(screen.now()).append('\n');
    out.append("saved ").append(screen.mainSaved()).append(screen.otherSaved()).append('\n');
    out.append("region ").append(screen.top()).append('-').append(screen.bottom()).append('\n');
    out.append("tabs ").append(screen.tabs().columns().boxed().toList()).append('\n');
    Modes modes = screen.modes();
    out.append("modes ").append(modes.changed()).append(modes.ansi()).append(modes.keys());
    out.append(screen.palette().colours()).append(modes.title()).append(modes.titles());
    out.append(modes.keypad()).append(modes.cursorShape()).append('\n');
    out.append("keyboard ").append(screen.mainKeyboard().pushed());
    out.append(screen.otherKeyboard().pushed());
    out.append("\nonce ").append(screen.shiftOnce()).append(" last ").append(screen.last());
    out.append("\nbegun ").append(screen.begun()).append('\n');
    for (Line line : screen.main().past()) {
      out.append("past ").append(line(screen, line)).append('\n');
    }
    grid(screen, screen.main(), out);
    if (screen.other() != null) {
      out.append("other\n");
      grid(screen, now, out);
    }
    return out.toString();
  }

  /** What can be read on it, a line each, without blanks at the end. */
  static String text(Screen screen) {
    StringBuilder out = new StringBuilder();
    Grid grid = screen.other() == null ? screen.main() : screen.other();
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

  private static void grid(Screen screen, @Nullable Grid grid, StringBuilder out) {
    for (int row = 0; grid != null && row < screen.rows(); row++) {
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
