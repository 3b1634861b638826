package dev.holdfast.kinds.terminal.screen;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The screen that results from what a program writes. Another one that is given {@link #paint} and
 * then the rest shows the same as this one. Belongs to one thread at a time.
 *
 * <p>Source: ECMA-48, DEC's VT220 and VT520 manuals, and xterm's control sequences where they
 * differ.
 */
public final class Screen implements Parser.Actions {

  private static final int LONGEST_TITLE = 1_024;
  private static final int MOST_REPEATED = 65_535;

  /** Where the cursor was, and how it wrote, when it was saved (DECSC). */
  record Saved(
      int row, int col, boolean wrapNext, long style, String charsets, int shift, boolean origin) {
    static final Saved HOME = new Saved(0, 0, false, Style.PLAIN, Charsets.ASCII, 0, false);
  }

  private final Parser parser = new Parser(this);
  private final Consumer<String> answers;
  private final Cells cells = new Cells();
  private final Modes modes = new Modes();
  private final Palette palette;
  private final Charsets charsets = new Charsets();
  private final TabStops tabs;
  private final Grid main;
  private final Keyboard mainKeyboard = new Keyboard();
  private final Keyboard otherKeyboard = new Keyboard();
  private @Nullable Grid other;
  private Saved mainSaved = Saved.HOME;
  private Saved otherSaved = Saved.HOME;
  private Grid grid;
  private int rows;
  private int cols;
  private int row;
  private int col;
  private boolean wrapNext;
  private long style;
  private int top;
  private int bottom;

  /** The character shown last, if nothing came after it, and where it is; 0 for none. */
  private int last;

  private int lastCol;

  /** Lines on the screen that are not what they should be, since something was not heard. */
  private int doubtful;

  /**
   * @param scrollback lines that are kept when they leave at the top
   * @param answers is given what the program is to be told when it asks
   */
  public Screen(int rows, int cols, int scrollback, Consumer<String> answers) {
    this.rows = rows;
    this.cols = cols;
    this.answers = answers;
    main = new Grid(rows, scrollback);
    grid = main;
    bottom = rows - 1;
    tabs = new TabStops(cols);
    palette = new Palette(answers);
  }

  /** Follows what a program writes, questions included. */
  public void write(String text) {
    parser.parse(text);
  }

  /** Makes it larger or smaller. */
  public void resize(int toRows, int toCols) {
    boolean onMain = onMain();
    int mainMoved = main.resize(toRows, toCols, onMain ? row : mainSaved.row);
    int moved = onMain ? mainMoved : grid.resize(toRows, toCols, row);
    tabs.resize(toCols);
    rows = toRows;
    cols = toCols;
    row = Math.clamp(row + moved, 0, rows - 1);
    col = Math.min(col, cols - 1);
    wrapNext = false;
    last = 0;
    top = 0;
    bottom = rows - 1;
    mainSaved = within(mainSaved, mainMoved);
    otherSaved = within(otherSaved, onMain ? 0 : moved);
  }

  private Saved within(Saved saved, int moved) {
    return new Saved(
        Math.clamp(saved.row + moved, 0, rows - 1),
        Math.min(saved.col, cols - 1),
        false,
        saved.style,
        saved.charsets,
        saved.shift,
        saved.origin);
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  /** What the program calls itself; empty where it has not said so. */
  public String title() {
    return modes.title();
  }

  /** Something was not heard: what is on the screen is doubtful until it has been replaced. */
  public void doubt() {
    parser.abandon();
    doubtful = rows;
  }

  /** Whether nothing on the screen is doubtful. */
  public boolean certain() {
    return doubtful == 0;
  }

  /**
   * Whether the beginning of a plain text may be left out that is longer than the screen and the
   * lines kept beyond it: {@link #leaveOut} makes up for it.
   */
  public boolean mayLeaveOut() {
    return parser.ground() && onMain() && top == 0 && bottom == rows - 1 && charsets.shift() < 2;
  }

  /** At least as many whole lines were left out as there are on the screen. */
  public void leaveOut() {
    row = rows - 1;
    col = 0;
    wrapNext = false;
    last = 0;
  }

  /** The escape sequences that make any terminal of this size show the same. */
  public String paint() {
    return new Painter(this).paint();
  }

  // What the painter reads.

  Grid main() {
    return main;
  }

  @Nullable Grid other() {
    return other;
  }

  boolean onMain() {
    return grid.equals(main);
  }

  Saved mainSaved() {
    return mainSaved;
  }

  Saved otherSaved() {
    return otherSaved;
  }

  /** How the cursor is, as if it were saved now. */
  Saved now() {
    return new Saved(
        row, col, wrapNext, style, charsets.sets(), charsets.shift(), modes.on(Modes.ORIGIN));
  }

  int top() {
    return top;
  }

  int bottom() {
    return bottom;
  }

  TabStops tabs() {
    return tabs;
  }

  Palette palette() {
    return palette;
  }

  Modes modes() {
    return modes;
  }

  Cells cells() {
    return cells;
  }

  Keyboard mainKeyboard() {
    return mainKeyboard;
  }

  Keyboard otherKeyboard() {
    return otherKeyboard;
  }

  int shiftOnce() {
    return charsets.shiftOnce();
  }

  String begun() {
    return parser.begun();
  }

  /** The character that a repetition would repeat; 0 for none. */
  int last() {
    return last;
  }

  int lastCol() {
    return lastCol;
  }

  // Characters.

  @Override
  public void print(String text, int from, int to) {
    int i = from;
    while (i < to) {
      char c = text.charAt(i);
      if (c < 0x7f && charsets.ascii()) {
        i = ascii(text, i, to);
      } else {
        int codePoint = text.codePointAt(i);
        i += Character.charCount(codePoint);
        shown(codePoint);
      }
    }
  }

  /** Shows a run of ASCII characters, as far as they fit into the line; at least one. */
  private int ascii(String text, int from, int to) {
    if (modes.ansi(Modes.INSERT)) {
      shown(text.charAt(from));
      return from + 1;
    }
    if (wrapNext) {
      wrap();
    }
    int most = Math.min(to, from + cols - col);
    int end = from;
    while (end < most && text.charAt(end) < 0x7f) {
      end++;
    }
    Line line = grid.line(row);
    int width = end - from;
    line.part(col);
    line.part(col + width);
    line.room(col + width);
    for (int i = 0; i < width; i++) {
      line.set(col + i, text.charAt(from + i), style);
    }
    last = text.charAt(end - 1);
    lastCol = col + width - 1;
    moved(width);
    return end;
  }

  private void shown(int codePoint) {
    boolean once = charsets.shiftOnce() != 0;
    int what = charsets.map(codePoint);
    last = show(what) && !once && !modes.ansi(Modes.INSERT) ? codePoint : 0;
  }

  private void moved(int width) {
    if (col + width < cols) {
      col += width;
    } else {
      col = cols - 1;
      wrapNext = modes.on(Modes.WRAP);
    }
  }

  /** Shows a character; false for a mark on the one before, and for one that has no room. */
  private boolean show(int codePoint) {
    int width = Cells.width(codePoint);
    if (width == 0) {
      combine(codePoint);
      return false;
    }
    if (wrapNext) {
      wrap();
    }
    if (col + width > cols) {
      if (cols < width) {
        return false;
      }
      if (modes.on(Modes.WRAP)) {
        wrap();
      } else {
        col = cols - width;
      }
    }
    Line line = grid.line(row);
    if (modes.ansi(Modes.INSERT)) {
      line.insert(col, width, cols, Style.PLAIN);
    }
    line.part(col);
    line.part(col + width);
    line.room(col + width);
    line.set(col, codePoint, style);
    if (width == 2) {
      line.set(col + 1, Line.HALF, style);
    }
    lastCol = col;
    moved(width);
    return true;
  }

  private void combine(int mark) {
    int at = wrapNext ? col : col - 1;
    Line line = grid.line(row);
    if (at >= 0 && line.text(at) == Line.HALF) {
      at--;
    }
    if (at >= 0) {
      line.set(at, cells.combine(line.text(at), mark), line.style(at));
    }
  }

  private void wrap() {
    wrapNext = false;
    col = 0;
    index();
  }

  // Controls.

  @Override
  public void control(char control) {
    last = 0;
    switch (control) {
      case '\b' -> {
        wrapNext = false;
        col = Math.max(0, col - 1);
      }
      case '\t' -> tab(1);
      case '\n', 0x0b, '\f' -> {
        wrapNext = false;
        index();
        if (modes.ansi(Modes.NEW_LINE)) {
          col = 0;
        }
      }
      case '\r' -> {
        wrapNext = false;
        col = 0;
      }
      case 0x0e -> charsets.shift(1);
      case 0x0f -> charsets.shift(0);
      default -> {
        // A bell, or nothing that is seen.
      }
    }
  }

  private void index() {
    if (row == bottom) {
      scrollUp(top, bottom, 1);
    } else if (row < rows - 1) {
      row++;
    }
  }

  private void scrollUp(int from, int to, int count) {
    grid.up(from, to, count, cols, Style.erased(style));
    if (from == 0 && to == rows - 1) {
      doubtful = Math.max(0, doubtful - count);
    }
  }

  private void reverseIndex() {
    if (row == top) {
      grid.down(top, bottom, 1, cols, Style.erased(style));
    } else if (row > 0) {
      row--;
    }
  }

  private void tab(int count) {
    for (int i = 0; i < count && col < cols - 1; i++) {
      col = tabs.after(col);
    }
  }

  @Override
  public void escape(char intermediate, char last) {
    this.last = 0;
    if (intermediate != 0) {
      designate(intermediate, last);
      return;
    }
    switch (last) {
      case '7' -> save();
      case '8' -> restore();
      case 'D' -> {
        wrapNext = false;
        index();
      }
      case 'E' -> {
        wrapNext = false;
        col = 0;
        index();
      }
      case 'H' -> tabs.set(col);
      case 'M' -> {
        wrapNext = false;
        reverseIndex();
      }
      case 'N' -> charsets.shiftOnce(2);
      case 'O' -> charsets.shiftOnce(3);
      case 'Z' -> answers.accept(Answers.ATTRIBUTES);
      case 'c' -> reset();
      case 'n' -> charsets.shift(2);
      case 'o' -> charsets.shift(3);
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
      charsets.designate(which, set);
    } else if (intermediate == '#' && set == '8') {
      align();
    }
  }

  /** Fills the screen with the letter E (DECALN). */
  private void align() {
    top = 0;
    bottom = rows - 1;
    home();
    for (int y = 0; y < rows; y++) {
      Line line = grid.line(y);
      line.erase(0, cols, Style.PLAIN);
      line.room(cols);
      for (int x = 0; x < cols; x++) {
        line.set(x, 'E', Style.PLAIN);
      }
    }
    doubtful = 0;
  }

  private void reset() {
    modes.reset();
    palette.clear();
    mainKeyboard.clear();
    otherKeyboard.clear();
    grid = main;
    other = null;
    main.forgetPast();
    main.erase(0, rows - 1, cols, Style.PLAIN);
    mainSaved = Saved.HOME;
    otherSaved = Saved.HOME;
    style = Style.PLAIN;
    charsets.set(Charsets.ASCII, 0);
    charsets.shiftOnce(0);
    last = 0;
    top = 0;
    bottom = rows - 1;
    tabs.reset();
    home();
    doubtful = 0;
  }

  private void softReset() {
    modes.soft();
    style = Style.PLAIN;
    charsets.set(Charsets.ASCII, 0);
    top = 0;
    bottom = rows - 1;
    if (onMain()) {
      mainSaved = Saved.HOME;
    } else {
      otherSaved = Saved.HOME;
    }
  }

  private void home() {
    wrapNext = false;
    row = modes.on(Modes.ORIGIN) ? top : 0;
    col = 0;
  }

  private void save() {
    if (onMain()) {
      mainSaved = now();
    } else {
      otherSaved = now();
    }
  }

  private void restore() {
    Saved saved = onMain() ? mainSaved : otherSaved;
    row = saved.origin ? Math.clamp(saved.row, top, bottom) : Math.min(saved.row, rows - 1);
    col = Math.min(saved.col, cols - 1);
    wrapNext = saved.wrapNext && col == cols - 1 && modes.on(Modes.WRAP);
    style = saved.style;
    charsets.set(saved.charsets, saved.shift);
    modes.set(Modes.ORIGIN, saved.origin);
  }

  // Control sequences.

  @Override
  public void sequence(char prefix, Params params, char intermediate, char last) {
    if (last == 'b' && prefix == 0 && intermediate == 0) {
      repeat(params.positive(0));
      return;
    }
    this.last = 0;
    if (intermediate != 0) {
      withIntermediate(prefix, params, intermediate, last);
    } else if (prefix == 0) {
      if (!edit(params, last) && !move(params, last)) {
        setUp(params, last);
      }
    } else if (prefix == '?') {
      privately(params, last);
    } else {
      keyboard(prefix, params, last);
    }
  }

  private void repeat(int count) {
    int most = Math.min(count, MOST_REPEATED);
    for (int i = 0; i < most && last != 0; i++) {
      shown(last);
    }
    last = 0;
  }

  private void withIntermediate(char prefix, Params params, char intermediate, char last) {
    if (intermediate == ' ' && last == 'q' && prefix == 0) {
      modes.cursorShape(Math.min(params.get(0, 0), 6));
    } else if (intermediate == '!' && last == 'p') {
      softReset();
    } else if (intermediate == '$' && last == 'p') {
      answers.accept(Answers.mode(modes, prefix == '?', params.get(0, 0)));
    }
  }

  private boolean edit(Params params, char last) {
    int count = params.positive(0);
    long blank = Style.erased(style);
    Line line = grid.line(row);
    switch (last) {
      case '@' -> line.insert(col, count, cols, blank);
      case 'P' -> line.delete(col, count, cols, blank);
      case 'X' -> line.erase(col, Math.min(cols, col + count), blank);
      case 'J' -> eraseScreen(params.get(0, 0));
      case 'K' -> eraseLine(params.get(0, 0));
      case 'L', 'M' -> {
        if (row < top || row > bottom) {
          return true;
        }
        if (last == 'L') {
          grid.down(row, bottom, count, cols, blank);
        } else {
          grid.up(row, bottom, count, cols, blank);
        }
        col = 0;
      }
      case 'S' -> scrollUp(top, bottom, count);
      case 'T' -> {
        if (params.count() <= 1) {
          grid.down(top, bottom, count, cols, blank);
        }
      }
      default -> {
        return false;
      }
    }
    wrapNext = false;
    return true;
  }

  private void eraseScreen(int which) {
    long blank = Style.erased(style);
    switch (which) {
      case 0 -> {
        eraseLine(0);
        grid.erase(row + 1, rows - 1, cols, blank);
        if (row == 0 && col == 0) {
          doubtful = 0;
        }
      }
      case 1 -> {
        grid.erase(0, row - 1, cols, blank);
        eraseLine(1);
      }
      case 2 -> {
        grid.erase(0, rows - 1, cols, blank);
        doubtful = 0;
      }
      case 3 -> main.forgetPast();
      default -> {
        // There is no such part.
      }
    }
  }

  private void eraseLine(int which) {
    long blank = Style.erased(style);
    Line line = grid.line(row);
    switch (which) {
      case 0 -> line.erase(col, cols, blank);
      case 1 -> line.erase(0, col + 1, blank);
      case 2 -> line.erase(0, cols, blank);
      default -> {
        // There is no such part.
      }
    }
  }

  private boolean move(Params params, char last) {
    int count = params.positive(0);
    switch (last) {
      case 'A' -> up(count);
      case 'B', 'e' -> down(count);
      case 'C', 'a' -> col = Math.min(cols - 1, col + count);
      case 'D' -> col = Math.max(0, col - count);
      case 'E' -> {
        down(count);
        col = 0;
      }
      case 'F' -> {
        up(count);
        col = 0;
      }
      case 'G', '`' -> col = Math.min(cols, count) - 1;
      case 'H', 'f' -> {
        toRow(count);
        col = Math.min(cols, params.positive(1)) - 1;
      }
      case 'd' -> toRow(count);
      case 'I' -> {
        tab(count);
        return true;
      }
      case 'Z' -> {
        for (int i = 0; i < count && col > 0; i++) {
          col = tabs.before(col);
        }
      }
      default -> {
        return false;
      }
    }
    wrapNext = false;
    return true;
  }

  private void up(int count) {
    row = Math.max(row >= top ? top : 0, row - count);
  }

  private void down(int count) {
    row = Math.min(row <= bottom ? bottom : rows - 1, row + count);
  }

  private void toRow(int number) {
    row = modes.on(Modes.ORIGIN) ? Math.min(bottom, top + number - 1) : Math.min(rows, number) - 1;
  }

  private void setUp(Params params, char last) {
    switch (last) {
      case 'm' -> style = Style.select(style, params);
      case 'h', 'l' -> {
        for (int i = 0; i < params.count(); i++) {
          modes.ansi(params.get(i, 0), last == 'h');
        }
      }
      case 'g' -> {
        if (params.get(0, 0) == 0) {
          tabs.clear(col);
        } else if (params.get(0, 0) == 3) {
          tabs.clear();
        }
      }
      case 'r' -> {
        int from = params.positive(0) - 1;
        int to = Math.min(rows, params.get(1, 0) == 0 ? rows : params.get(1, 0)) - 1;
        if (from < to) {
          top = from;
          bottom = to;
          home();
        }
      }
      case 's' -> save();
      case 'u' -> restore();
      case 't' -> window(params);
      case 'c' -> answers.accept(Answers.ATTRIBUTES);
      case 'n' -> status(params.get(0, 0), "");
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  private void status(int what, String prefix) {
    if (what == 6) {
      int line = modes.on(Modes.ORIGIN) ? row - top : row;
      answers.accept("\u001b[" + prefix + (line + 1) + ";" + (col + 1) + "R");
    } else if (what == 5 && prefix.isEmpty()) {
      answers.accept("\u001b[0n");
    }
  }

  private void window(Params params) {
    switch (params.get(0, 0)) {
      case 11 -> answers.accept("\u001b[1t");
      case 18 -> answers.accept("\u001b[8;" + rows + ";" + cols + "t");
      case 19 -> answers.accept("\u001b[9;" + rows + ";" + cols + "t");
      case 22 -> {
        if (params.get(1, 0) != 1) {
          modes.pushTitle();
        }
      }
      case 23 -> {
        if (params.get(1, 0) != 1) {
          modes.popTitle();
        }
      }
      default -> {
        // There is no window to move.
      }
    }
  }

  private void privately(Params params, char last) {
    switch (last) {
      case 'h', 'l' -> {
        for (int i = 0; i < params.count(); i++) {
          mode(params.get(i, 0), last == 'h');
        }
      }
      case 'J' -> {
        eraseScreen(params.get(0, 0));
        wrapNext = false;
      }
      case 'K' -> {
        eraseLine(params.get(0, 0));
        wrapNext = false;
      }
      case 'n' -> status(params.get(0, 0), "?");
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
        home();
      }
      case Modes.WRAP -> {
        modes.set(mode, on);
        wrapNext &= on;
      }
      default -> modes.set(mode, on);
    }
  }

  private void buffer(boolean alternate, boolean clear) {
    wrapNext = false;
    if (!alternate) {
      // There is no way back to what stood there.
      other = null;
      otherSaved = Saved.HOME;
      otherKeyboard.clear();
      grid = main;
      return;
    }
    boolean fresh = other == null;
    if (other == null) {
      other = new Grid(rows, 0);
    }
    grid = other;
    if (clear || fresh) {
      grid.erase(0, rows - 1, cols, Style.erased(style));
      doubtful = 0;
    }
  }

  /** xterm's options for modified keys, and the keyboard protocol of kitty. */
  private void keyboard(char prefix, Params params, char last) {
    Keyboard keyboard = onMain() ? mainKeyboard : otherKeyboard;
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
      answers.accept(Answers.VERSION);
    } else if (prefix == '=' && last == 'c') {
      answers.accept(Answers.UNIT);
    } else if (prefix == '>' && last == 'q') {
      answers.accept(Answers.NAME);
    }
  }

  // Strings.

  @Override
  public void command(String text) {
    last = 0;
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
    last = 0;
    int at = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '?') {
      at++;
    }
    if (text.startsWith("$q", at)) {
      answers.accept(Answers.setting(text.substring(at + 2), style, top, bottom, modes));
    } else if (text.startsWith("+q", at)) {
      answers.accept(Answers.NO_CAPABILITY);
    }
  }
}
