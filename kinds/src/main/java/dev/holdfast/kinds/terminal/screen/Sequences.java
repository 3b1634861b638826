package dev.holdfast.kinds.terminal.screen;

/**
 * The control sequences that terminals have in common, without a prefix: they edit, move the
 * cursor, and set the screen up. Belongs to its screen.
 *
 * <p>Source: ECMA-48, section 8.3; DEC's VT220 manual; xterm's control sequences for windows.
 */
final class Sequences {

  private final Screen screen;
  private final Extent extent;
  private final Modes modes;
  private final TabStops tabs;
  private final Cursor cursor;
  private final Editor editor;
  private final Answers answers;

  Sequences(Screen screen, Answers answers) {
    this.screen = screen;
    this.extent = screen.extent();
    this.modes = screen.modes();
    this.tabs = screen.tabs();
    this.cursor = screen.cursor();
    this.editor = screen.editor();
    this.answers = answers;
  }

  void take(Params params, char last) {
    if (!edit(params, last) && !move(params, last)) {
      setUp(params, last);
    }
  }

  private boolean edit(Params params, char last) {
    int count = params.positive(0);
    switch (last) {
      case '@' -> editor.insertCells(count);
      case 'P' -> editor.deleteCells(count);
      case 'X' -> editor.eraseCells(count);
      case 'J' -> editor.eraseScreen(params.get(0, 0));
      case 'K' -> editor.eraseLine(params.get(0, 0));
      case 'L' -> editor.insertLines(count);
      case 'M' -> editor.deleteLines(count);
      case 'S' -> editor.scrollUp(count);
      case 'T' -> {
        // With more numbers it is about the mouse.
        if (params.count() <= 1) {
          editor.scrollDown(count);
        } else {
          cursor.stay();
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean move(Params params, char last) {
    int count = params.positive(0);
    switch (last) {
      case 'A' -> cursor.up(count);
      case 'B', 'e' -> cursor.down(count);
      case 'C', 'a' -> cursor.right(count);
      case 'D' -> cursor.left(count);
      case 'E' -> {
        cursor.down(count);
        cursor.toCol(0);
      }
      case 'F' -> {
        cursor.up(count);
        cursor.toCol(0);
      }
      case 'G', '`' -> cursor.toCol(count - 1);
      case 'H', 'f' -> {
        cursor.toLine(count);
        cursor.toCol(params.positive(1) - 1);
      }
      case 'd' -> cursor.toLine(count);
      case 'I' -> cursor.tab(count);
      case 'Z' -> cursor.tabBack(count);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void setUp(Params params, char last) {
    switch (last) {
      case 'm' -> cursor.style(Style.select(cursor.style(), params));
      case 'h', 'l' -> {
        for (int i = 0; i < params.count(); i++) {
          modes.ansi(params.get(i, 0), last == 'h');
        }
      }
      case 'g' -> clearTabs(params.get(0, 0));
      case 'r' -> margins(params);
      case 's' -> screen.save();
      case 'u' -> screen.restore();
      case 't' -> window(params);
      case 'c' -> answers.attributes();
      case 'n' -> answers.status(params.get(0, 0), "");
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  private void clearTabs(int which) {
    if (which == 0) {
      tabs.clear(cursor.col());
    } else if (which == 3) {
      tabs.clear();
    }
  }

  private void margins(Params params) {
    int rows = extent.rows();
    int top = params.positive(0) - 1;
    int bottom = Math.min(rows, params.get(1, 0) == 0 ? rows : params.get(1, 0)) - 1;
    if (top < bottom) {
      extent.margins(top, bottom);
      cursor.home();
    }
  }

  private void window(Params params) {
    int what = params.get(0, 0);
    boolean title = params.get(1, 0) != 1;
    if (what == 22 && title) {
      modes.pushTitle();
    } else if (what == 23 && title) {
      modes.popTitle();
    } else {
      answers.window(what);
    }
  }
}
