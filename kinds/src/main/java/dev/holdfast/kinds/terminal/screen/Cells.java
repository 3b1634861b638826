package dev.holdfast.kinds.terminal.screen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jline.utils.WCWidth;

/**
 * What stands in a cell: a code point, or the number of a text with marks that combine, below
 * {@link Line#HALF}. Belongs to its screen, but for the widths.
 */
final class Cells {

  /** A program that makes up more of them than any language has gets none for the rest. */
  private static final int MOST_COMBINED = 10_000;

  private static final int LONGEST = 16;
  private static final int NARROW_BELOW = 0x300;
  private static final int COMBINED = -2;
  private static final int WIDE_BIT = 1 << 30;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  /** How many columns a character takes: 0, 1 or 2. */
  static int width(int codePoint) {
    return codePoint < NARROW_BELOW ? 1 : Math.max(0, WCWidth.wcwidth(codePoint));
  }

  static boolean wide(int cell) {
    if (cell > Line.HALF) {
      return width(cell) == 2;
    }
    return cell != Line.HALF && ((COMBINED - cell) & WIDE_BIT) != 0;
  }

  /** The cell with a mark added. */
  int combine(int cell, int mark) {
    String before = text(cell);
    if (before.length() >= LONGEST) {
      return cell;
    }
    boolean wide = wide(cell);
    String after = before + Character.toString(mark);
    Integer number = numbers.get(after);
    if (number == null) {
      if (texts.size() >= MOST_COMBINED) {
        return cell;
      }
      number = texts.size();
      numbers.put(after, number);
      texts.add(after);
    }
    return COMBINED - (number | (wide ? WIDE_BIT : 0));
  }

  String text(int cell) {
    return cell > Line.HALF
        ? Character.toString(cell)
        : texts.get((COMBINED - cell) & (WIDE_BIT - 1));
  }
}
