package dev.holdfast.kinds.terminal.screen;

/**
 * The four character sets that a program has chosen, and which of them it writes in. Belongs to its
 * screen.
 *
 * <p>Source: ECMA-35, and DEC's VT220 manual.
 */
final class Charsets {

  /** All four as they are at first. */
  static final String ASCII = "BBBB";

  /** DEC's special characters and lines. */
  private static final String GRAPHICS =
      "\u00a0\u25c6\u2592\u2409\u240c\u240d\u240a\u00b0\u00b1\u2424\u240b\u2518\u2510\u250c\u2514"
          + "\u253c\u23ba\u23bb\u2500\u23bc\u23bd\u251c\u2524\u2534\u252c\u2502\u2264\u2265\u03c0"
          + "\u2260\u00a3\u00b7";

  private String sets = ASCII;
  private int shift;
  private int shiftOnce;

  /** Which they are, by their final characters. */
  String sets() {
    return sets;
  }

  /** The number of the one in use. */
  int shift() {
    return shift;
  }

  /** The number of the one that only the next character is of; 0 for none. */
  int shiftOnce() {
    return shiftOnce;
  }

  /** Makes a set one of those that are known; what is not is ASCII. */
  void designate(int which, char set) {
    char known = set == '0' || set == 'A' ? set : 'B';
    sets = sets.substring(0, which) + known + sets.substring(which + 1);
  }

  void shift(int to) {
    shift = to;
  }

  void shiftOnce(int to) {
    shiftOnce = to;
  }

  /** As they were when that was read of them. */
  void set(String toSets, int toShift) {
    sets = toSets;
    shift = toShift;
  }

  /** Whether an ASCII character that comes next is shown as itself. */
  boolean ascii() {
    return shiftOnce == 0 && sets.charAt(shift) == 'B';
  }

  /** What is shown for a character. */
  int map(int codePoint) {
    int set = shiftOnce == 0 ? shift : shiftOnce;
    shiftOnce = 0;
    return switch (sets.charAt(set)) {
      case '0' ->
          codePoint >= 0x5f && codePoint <= 0x7e ? GRAPHICS.charAt(codePoint - 0x5f) : codePoint;
      case 'A' -> codePoint == '#' ? '\u00a3' : codePoint;
      default -> codePoint;
    };
  }
}
