package dev.holdfast.kinds.terminal.screen;

import java.util.function.Consumer;

/**
 * The screen that results from what a program writes. Another one that is given {@link #paint} and
 * then the rest shows the same as this one. Belongs to one thread at a time.
 *
 * <p>Source: ECMA-48, DEC's VT220 and VT520 manuals, and xterm's control sequences where they
 * differ.
 */
public final class Screen implements Parser.Actions {

  private static final int LONGEST_TITLE = 1_024;

  private final Extent extent;
  private final Modes modes = new Modes();
  private final Palette palette;
  private final TabStops tabs;
  private final Cells cells = new Cells();
  private final Buffers buffers;
  private final Cursor cursor;
  private final Editor editor;
  private final Pen pen;
  private final Answers answers;
  private final Parser parser;

  /**
   * @param scrollback lines that are kept when they leave at the top
   * @param answers is given what the program is to be told when it asks
   */
  public Screen(int rows, int cols, int scrollback, Consumer<String> answers) {
    extent = new Extent(rows, cols);
    palette = new Palette(answers);
    tabs = new TabStops(cols);
    buffers = new Buffers(rows, scrollback);
    cursor = new Cursor(extent, tabs, modes);
    editor = new Editor(extent, cursor, buffers);
    pen = new Pen(extent, modes, cursor, editor, cells);
    this.answers = new Answers(extent, modes, cursor, answers);
    parser = new Parser(this);
  }

  /** Follows what a program writes, questions included. */
  public void write(String text) {
    parser.parse(text);
  }

  /** Makes it larger or smaller. */
  public void resize(int toRows, int toCols) {
    int moved = buffers.resize(toRows, toCols, cursor.row());
    tabs.resize(toCols);
    extent.resize(toRows, toCols);
    cursor.resized(moved);
    pen.lift();
  }

  public int rows() {
    return extent.rows();
  }

  public int cols() {
    return extent.cols();
  }

  /** What the program calls itself; empty where it has not said so. */
  public String title() {
    return modes.title();
  }

  /** Something was not heard: what is on the screen is doubtful until it has been replaced. */
  public void doubt() {
    parser.abandon();
    editor.doubt();
  }

  /** Whether nothing on the screen is doubtful. */
  public boolean certain() {
    return editor.certain();
  }

  /**
   * Whether the beginning of a plain text may be left out that is longer than the screen and the
   * lines kept beyond it: {@link #leaveOut} makes up for it.
   */
  public boolean mayLeaveOut() {
    return parser.ground() && buffers.onMain() && extent.whole() && cursor.charsets().shift() < 2;
  }

  /** At least as many whole lines were left out as there are on the screen. */
  public void leaveOut() {
    cursor.toLastLine();
    pen.lift();
  }

  /** The escape sequences that make any terminal of this size show the same. */
  public String paint() {
    return new Painter(this).paint();
  }

  // What concerns more than one part.

  /** Saves the cursor with the buffer that is shown (DECSC). */
  void save() {
    buffers.shown().save(cursor.now());
  }

  /** Puts the cursor where it was saved with the buffer that is shown (DECRC). */
  void restore() {
    cursor.restore(buffers.shown().saved());
  }

  /** As it is at first; the title stays (RIS). */
  void reset() {
    modes.reset();
    palette.clear();
    extent.noMargins();
    tabs.reset();
    buffers.toMain();
    buffers.main().reset(extent);
    cursor.plain();
    cursor.charsets().shiftOnce(0);
    cursor.home();
    editor.replaced();
  }

  /** What a program can rely on is as it is at first; what is shown stays (DECSTR). */
  void softReset() {
    modes.soft();
    extent.noMargins();
    cursor.plain();
    buffers.shown().save(Cursor.Saved.HOME);
  }

  // The parts, for those who work on them.

  Extent extent() {
    return extent;
  }

  Modes modes() {
    return modes;
  }

  Palette palette() {
    return palette;
  }

  TabStops tabs() {
    return tabs;
  }

  Cells cells() {
    return cells;
  }

  Buffers buffers() {
    return buffers;
  }

  Cursor cursor() {
    return cursor;
  }

  Editor editor() {
    return editor;
  }

  Pen pen() {
    return pen;
  }

  /** What has come of a sequence that is not over. */
  String begun() {
    return parser.begun();
  }

  // What the parser finds.

  @Override
  public void print(String text, int from, int to) {
    pen.write(text, from, to);
  }

  @Override
  public void control(char control) {
    pen.lift();
    switch (control) {
      case '\b' -> cursor.left(1);
      case '\t' -> cursor.tab(1);
      case '\n', 0x0b, '\f' -> {
        editor.index();
        if (modes.ansi(Modes.NEW_LINE)) {
          cursor.toCol(0);
        }
      }
      case '\r' -> cursor.toCol(0);
      case 0x0e -> cursor.charsets().shift(1);
      case 0x0f -> cursor.charsets().shift(0);
      default -> {
        // A bell, or nothing that is seen.
      }
    }
  }

  @Override
  public void escape(char intermediate, char last) {
    pen.lift();
    if (intermediate != 0) {
      designate(intermediate, last);
      return;
    }
    switch (last) {
      case '7' -> save();
      case '8' -> restore();
      case 'D' -> editor.index();
      case 'E' -> {
        cursor.toCol(0);
        editor.index();
      }
      case 'H' -> tabs.set(cursor.col());
      case 'M' -> editor.reverseIndex();
      case 'N' -> cursor.charsets().shiftOnce(2);
      case 'O' -> cursor.charsets().shiftOnce(3);
      case 'Z' -> answers.attributes();
      case 'c' -> reset();
      case 'n' -> cursor.charsets().shift(2);
      case 'o' -> cursor.charsets().shift(3);
      case '=' -> modes.keypad(true);
      case '>' -> modes.keypad(false);
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  private void designate(char intermediate, char set) {
    int which = "()*+".indexOf(intermediate);
    if (which >= 0) {
      cursor.charsets().designate(which, set);
    } else if (intermediate == '#' && set == '8') {
      editor.align();
    }
  }

  @Override
  public void sequence(char prefix, Params params, char intermediate, char last) {
    if (last == 'b' && prefix == 0 && intermediate == 0) {
      pen.repeat(params.positive(0));
      return;
    }
    pen.lift();
    if (intermediate != 0) {
      withIntermediate(prefix, params, intermediate, last);
    } else if (prefix == 0) {
      take(params, last);
    } else if (prefix == '?') {
      ofDec(params, last);
    } else {
      ofOthers(prefix, params, last);
    }
  }

  @Override
  public void command(String text) {
    pen.lift();
    int semicolon = text.indexOf(';');
    String number = semicolon < 0 ? text : text.substring(0, semicolon);
    String rest = semicolon < 0 ? "" : text.substring(semicolon + 1);
    switch (number) {
      case "0", "2" ->
          modes.title(rest.length() > LONGEST_TITLE ? rest.substring(0, LONGEST_TITLE) : rest);
      case "4" -> palette.indexed(rest);
      case "10", "11", "12", "17", "19" -> palette.from(Integer.parseInt(number), rest);
      case "104" -> palette.forgetIndexed(rest);
      case "110", "111", "112", "117", "119" -> palette.forget(number.substring(1));
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  @Override
  public void device(String text) {
    pen.lift();
    int at = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '?') {
      at++;
    }
    if (text.startsWith("$q", at)) {
      answers.setting(text.substring(at + 2));
    } else if (text.startsWith("+q", at)) {
      answers.noCapability();
    }
  }

  // Control sequences without a prefix.

  private void take(Params params, char last) {
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
      case 's' -> save();
      case 'u' -> restore();
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

  // Control sequences with a prefix or an intermediate character.

  private void withIntermediate(char prefix, Params params, char intermediate, char last) {
    if (intermediate == ' ' && last == 'q' && prefix == 0) {
      modes.cursorShape(Math.min(params.get(0, 0), 6));
    } else if (intermediate == '!' && last == 'p') {
      softReset();
    } else if (intermediate == '$' && last == 'p') {
      answers.mode(prefix == '?', params.get(0, 0));
    }
  }

  /** With a question mark. */
  private void ofDec(Params params, char last) {
    switch (last) {
      case 'h', 'l' -> {
        for (int i = 0; i < params.count(); i++) {
          mode(params.get(i, 0), last == 'h');
        }
      }
      case 'J' -> editor.eraseScreen(params.get(0, 0));
      case 'K' -> editor.eraseLine(params.get(0, 0));
      case 'n' -> answers.status(params.get(0, 0), "?");
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  private void mode(int mode, boolean on) {
    switch (mode) {
      case 47, 1047 -> buffer(on, false);
      case 1048 -> {
        if (on) {
          save();
        } else {
          restore();
        }
      }
      case 1049 -> {
        // Whichever screen is shown: programs that clean up leave one that they never entered.
        if (on) {
          save();
          buffer(true, true);
        } else {
          buffer(false, false);
          restore();
        }
      }
      case Modes.ORIGIN -> {
        modes.set(mode, on);
        cursor.home();
      }
      case Modes.WRAP -> {
        modes.set(mode, on);
        if (!on) {
          cursor.stay();
        }
      }
      default -> modes.set(mode, on);
    }
  }

  private void buffer(boolean alternate, boolean clear) {
    cursor.stay();
    if (!alternate) {
      buffers.toMain();
    } else if (buffers.toOther(rows()) || clear) {
      editor.eraseScreen(2);
    }
  }

  /** With another prefix: xterm's options for modified keys, and kitty's keyboard protocol. */
  private void ofOthers(char prefix, Params params, char last) {
    Keyboard keyboard = buffers.shown().keyboard();
    if (prefix == '>' && last == 'm') {
      modes.keys(params.get(0, 0), params.get(1, -1));
    } else if (prefix == '>' && last == 'n') {
      modes.keys(params.get(0, 2), -1);
    } else if (prefix == '>' && last == 'u') {
      keyboard.push(params.get(0, 0));
    } else if (prefix == '<' && last == 'u') {
      keyboard.pop(params.positive(0));
    } else if (prefix == '=' && last == 'u') {
      keyboard.change(params.get(0, 0), params.get(1, 1));
    } else if (prefix == '>' && last == 'c') {
      answers.version();
    } else if (prefix == '=' && last == 'c') {
      answers.unit();
    } else if (prefix == '>' && last == 'q') {
      answers.name();
    }
  }
}
