package dev.holdfast.kinds.terminal.screen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a program has set its terminal up, apart from what is on the screen. Belongs to its screen.
 *
 * <p>Source: ECMA-48, section 7; xterm's control sequences (DECSET and the like); the keyboard
 * protocol of kitty.
 */
final class Modes {

  static final int CURSOR_KEYS = 1;
  static final int ORIGIN = 6;
  static final int WRAP = 7;
  static final int CURSOR = 25;
  private static final int REVERSE_WRAP = 45;
  private static final int FOCUS = 1004;
  private static final int BRACKETED_PASTE = 2004;
  static final int INSERT = 4;
  static final int NEW_LINE = 20;

  /** Private modes that are set to begin with. */
  private static final Set<Integer> SET_AT_FIRST = Set.of(WRAP, CURSOR);

  /** The ways of telling of the mouse, of which the last one set counts. */
  private static final Set<Integer> MOUSE = Set.of(9, 1000, 1001, 1002, 1003);

  private static final Set<Integer> MOUSE_FORMS = Set.of(1005, 1006, 1015, 1016);

  /** A program that sets more than this has them forgotten. */
  private static final int MOST = 300;

  private static final int MOST_STACKED = 16;
  private static final int SAVES_CURSOR = 1048;
  private static final int MARGINS = 69;
  private static final int COLUMNS = 3;

  /** Private modes that differ from what they are at first. */
  private final Set<Integer> changed = new TreeSet<>();

  private final Set<Integer> ansi = new TreeSet<>();
  private final Map<Integer, Integer> keys = new TreeMap<>();
  private final List<String> titles = new ArrayList<>();
  private String title = "";
  private boolean keypad;
  private int cursorShape;

  boolean on(int mode) {
    return SET_AT_FIRST.contains(mode) != changed.contains(mode);
  }

  /** Sets a private mode, or resets it. */
  void set(int mode, boolean on) {
    if (mode == SAVES_CURSOR || mode == MARGINS || mode == COLUMNS) {
      return;
    }
    changed.remove(mode);
    if (MOUSE.contains(mode)) {
      changed.removeAll(MOUSE);
    }
    if (MOUSE_FORMS.contains(mode)) {
      changed.removeAll(MOUSE_FORMS);
    }
    if (on != SET_AT_FIRST.contains(mode) && changed.size() < MOST) {
      changed.add(mode);
    }
  }

  Collection<Integer> changed() {
    return changed;
  }

  boolean ansi(int mode) {
    return ansi.contains(mode);
  }

  void ansi(int mode, boolean on) {
    ansi.remove(mode);
    if (on && ansi.size() < MOST) {
      ansi.add(mode);
    }
  }

  Collection<Integer> ansi() {
    return ansi;
  }

  /** xterm's key modifier options: a resource and its value; -1 for none. */
  void keys(int resource, int value) {
    keys.remove(resource);
    if (value >= 0 && keys.size() < MOST_STACKED) {
      keys.put(resource, value);
    }
  }

  Map<Integer, Integer> keys() {
    return keys;
  }

  String title() {
    return title;
  }

  void title(String now) {
    title = now;
  }

  void pushTitle() {
    if (titles.size() == MOST_STACKED) {
      titles.removeFirst();
    }
    titles.add(title);
  }

  void popTitle() {
    if (!titles.isEmpty()) {
      title = titles.removeLast();
    }
  }

  List<String> titles() {
    return titles;
  }

  boolean keypad() {
    return keypad;
  }

  void keypad(boolean application) {
    keypad = application;
  }

  int cursorShape() {
    return cursorShape;
  }

  void cursorShape(int shape) {
    cursorShape = shape;
  }

  /** As a soft reset leaves it (DECSTR). */
  void soft() {
    set(CURSOR_KEYS, false);
    set(ORIGIN, false);
    set(WRAP, true);
    set(CURSOR, true);
    set(REVERSE_WRAP, false);
    set(FOCUS, false);
    set(BRACKETED_PASTE, false);
    ansi(INSERT, false);
    keypad = false;
  }

  /** As it is at first; the title stays. */
  void reset() {
    changed.clear();
    ansi.clear();
    keys.clear();
    titles.clear();
    keypad = false;
    cursorShape = 0;
  }
}
