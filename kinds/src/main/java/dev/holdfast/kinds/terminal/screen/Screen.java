package dev.holdfast.kinds.terminal.screen;

import java.util.function.Consumer;

/**
 * The screen that results from what a program writes. Another one that is given {@link #paint} and
 * then the rest shows the same as this one. Belongs to one thread at a time.
 *
 * <p>Source: ECMA-48, DEC's VT220 and VT520 manuals, and xterm's control sequences where they
 * differ.
 */
public final class Screen {

  private final Extent extent;
  private final Modes modes = new Modes();
  private final Palette palette;
  private final TabStops tabs;
  private final Cells cells = new Cells();
  private final Buffers buffers;
  private final Cursor cursor;
  private final Editor editor;
  private final Pen pen;
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
    parser = new Parser(new Interpreter(this, new Answers(extent, modes, cursor, answers)));
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
    Charsets charsets = cursor.charsets();
    return parser.ground()
        && buffers.onMain()
        && extent.whole()
        && charsets.shift() < 2
        && charsets.shiftOnce() == 0;
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
}
