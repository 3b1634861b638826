package dev.holdfast.kinds.terminal.screen;

/**
 * Keeps from viewers what a program asks of its terminal: the screen answers that, once, whoever
 * watches. A question that a viewer saw would be answered by each of them, and again by each that
 * reads it later, into whatever prompt is there by then. Belongs to one thread.
 *
 * <p>Source: xterm's control sequences; ECMA-48, section 8.3.35 (DSR).
 */
public final class Sieve {

  private static final int NO = -1;
  private static final int NOT_OVER = -2;
  private static final char ESC = 0x1b;
  private static final char ENQ = 5;
  private static final char SHIFT_OUT = 0x0e;
  private static final char SHIFT_IN = 0x0f;
  private static final char ST = 0x9c;

  /** A sequence that goes on for longer asks nothing. */
  private static final int LONGEST = 300;

  private static final int LONGEST_COMMAND = 100;

  private String kept = "";
  private String whole = "";
  private String shown = "";
  private boolean asked;
  private boolean plain;

  /**
   * Takes what has come.
   *
   * @param simple whether it is known to be nothing but ASCII text, ends of lines, tabs and the
   *     like
   */
  public void take(String text, boolean simple) {
    plain = kept.isEmpty() && (simple || plainText(text));
    if (plain) {
      whole = text;
      shown = text;
      asked = false;
      return;
    }
    String all = kept.isEmpty() ? text : kept + text;
    StringBuilder rest = null;
    int copied = 0;
    int end = all.length();
    for (int i = 0; i < end; i++) {
      if (!special(all.charAt(i))) {
        continue;
      }
      int over = question(all, i);
      if (over == NOT_OVER) {
        end = i;
      } else if (over != NO) {
        if (rest == null) {
          rest = new StringBuilder(all.length());
        }
        rest.append(all, copied, i);
        copied = over;
        i = over - 1;
      }
    }
    kept = end == all.length() ? "" : all.substring(end);
    whole = kept.isEmpty() ? all : all.substring(0, end);
    asked = rest != null;
    shown = rest == null ? whole : rest.append(all, copied, end).toString();
  }

  /** Takes what it held back, as nothing more comes. */
  public void finish() {
    whole = kept;
    shown = kept;
    kept = "";
    asked = false;
    plain = false;
  }

  /** What the screen is to be given. */
  public String whole() {
    return whole;
  }

  /** The same for viewers. */
  public String shown() {
    return shown;
  }

  /** Whether there is a question in it. */
  public boolean asked() {
    return asked;
  }

  /** Whether there is nothing in it that begins a sequence, asks, or shifts character sets. */
  public boolean plain() {
    return plain;
  }

  private static boolean plainText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (special(c) || c == SHIFT_OUT || c == SHIFT_IN) {
        return false;
      }
    }
    return true;
  }

  private static boolean special(char c) {
    return c == ESC || c == ENQ || (c & 0xffe0) == 0x80;
  }

  /** Where the question that begins here is over; {@link #NO} for none, or {@link #NOT_OVER}. */
  private static int question(String text, int at) {
    char c = text.charAt(at);
    if (c != ESC) {
      return switch (c) {
        case ENQ -> at + 1;
        case 0x9b -> sequence(text, at + 1);
        case 0x9d -> command(text, at + 1);
        case 0x90 -> device(text, at + 1);
        default -> NO;
      };
    }
    if (at + 1 == text.length()) {
      return NOT_OVER;
    }
    return switch (text.charAt(at + 1)) {
      case '[' -> sequence(text, at + 2);
      case ']' -> command(text, at + 2);
      case 'P' -> device(text, at + 2);
      case 'Z' -> at + 2;
      default -> NO;
    };
  }

  private static int sequence(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST);
    char prefix = 0;
    char intermediate = 0;
    int number = 0;
    boolean first = true;
    for (int i = from; i < most; i++) {
      char c = text.charAt(i);
      if (c >= '@' && c <= '~') {
        return asks(prefix, number, intermediate, c) ? i + 1 : NO;
      } else if (c < ' ' || c > '~') {
        return NO;
      } else if (c < '0') {
        intermediate = c;
      } else if (c >= '<') {
        prefix = c;
      } else if (c > '9') {
        first = false;
      } else if (first) {
        number = Math.min(1_000, number * 10 + (c - '0'));
      }
    }
    return most == text.length() ? NOT_OVER : NO;
  }

  private static boolean asks(char prefix, int number, char intermediate, char last) {
    if (intermediate != 0) {
      return intermediate == '$' && last == 'p';
    }
    return switch (last) {
      case 'c' -> true;
      case 'n' -> prefix == 0 || prefix == '?';
      case 'q' -> prefix == '>';
      case 'u' -> prefix == '?';
      case 'x' -> prefix == 0;
      case 't' -> prefix == 0 && number >= 11 && number <= 21 && number != 12 && number != 17;
      default -> false;
    };
  }

  private static int command(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST_COMMAND);
    int number = 0;
    int i = from;
    while (i < most && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      number = Math.min(1_000, number * 10 + (text.charAt(i) - '0'));
      i++;
    }
    if (i < most && (text.charAt(i) != ';' || !coloursOrClipboard(number))) {
      return NO;
    }
    int over = string(text, i, most, true);
    if (over < 0) {
      return over;
    }
    int last = over - (text.charAt(over - 1) == '\\' ? 3 : 2);
    return text.charAt(last) == '?' && text.charAt(last - 1) == ';' ? over : NO;
  }

  private static boolean coloursOrClipboard(int number) {
    return number == 4 || number == 5 || number == 52 || (number >= 10 && number <= 19);
  }

  private static int device(String text, int from) {
    for (int i = 0; i < 2; i++) {
      if (from + i == text.length()) {
        return NOT_OVER;
      }
      char c = text.charAt(from + i);
      if (i == 0 ? c != '$' && c != '+' : c != 'q') {
        return NO;
      }
    }
    return string(text, from, Math.min(text.length(), from + LONGEST), false);
  }

  /** Where a string is over. */
  private static int string(String text, int from, int most, boolean bell) {
    for (int i = from; i < most; i++) {
      char c = text.charAt(i);
      if (c == ST || (c == 7 && bell)) {
        return i + 1;
      }
      if (c == ESC) {
        return i + 1 == text.length() ? NOT_OVER : text.charAt(i + 1) == '\\' ? i + 2 : NO;
      }
    }
    return most == text.length() ? NOT_OVER : NO;
  }
}
