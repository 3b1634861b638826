package dev.holdfast.kinds.terminal.screen;

/**
 * Finds what a program asks of its terminal, whichever terminal would answer. Stateless.
 *
 * <p>Source: xterm's control sequences; ECMA-48, section 8.3.35 (DSR); the graphics and colour
 * protocols of kitty.
 */
final class Question {

  static final int NO = -1;
  static final int NOT_OVER = -2;

  private static final char ENQ = 5;
  private static final char BEL = 7;
  private static final char CAN = 0x18;
  private static final char SUB = 0x1a;
  private static final char ESC = 0x1b;
  private static final char DEL = 0x7f;
  private static final char ST = 0x9c;

  /** A sequence that goes on for longer is none to the screen. */
  private static final int LONGEST = 4_096;

  private Question() {}

  /** Whether a control neither ends a sequence nor begins one, wherever it stands in it. */
  private static boolean idle(char c) {
    return (c < ' ' && c != ESC && c != CAN && c != SUB) || c == DEL;
  }

  private static int pastIdle(String text, int from) {
    int i = from;
    while (i < text.length() && idle(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Where the question that begins here is over; {@link #NO} for none, or {@link #NOT_OVER}. */
  static int over(String text, int at) {
    char c = text.charAt(at);
    if (c != ESC) {
      return switch (c) {
        case ENQ, 0x9a -> at + 1;
        case 0x9b -> sequence(text, at + 1);
        case 0x9d -> command(text, at + 1);
        case 0x90 -> device(text, at + 1);
        case 0x9f -> application(text, at + 1);
        default -> NO;
      };
    }
    int next = pastIdle(text, at + 1);
    if (next == text.length()) {
      return next - at > LONGEST ? NO : NOT_OVER;
    }
    return switch (text.charAt(next)) {
      case '[' -> sequence(text, next + 1);
      case ']' -> command(text, next + 1);
      case 'P' -> device(text, next + 1);
      case '_' -> application(text, next + 1);
      case 'Z' -> next + 1;
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
      } else if (c < '0' || c > '~') {
        if (c >= ' ' && c < '0') {
          intermediate = c;
        } else if (!idle(c)) {
          return NO;
        }
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
    return switch (intermediate) {
      case 0 ->
          switch (last) {
            case 'c' -> true;
            case 'n' -> prefix == 0 || prefix == '?';
            case 'q' -> prefix == '>';
            case 'S', 'g', 'm', 'u' -> prefix == '?';
            case 'x' -> prefix == 0;
            case 't' -> prefix == 0 && number >= 11 && number <= 21 && number != 12 && number != 17;
            default -> false;
          };
      // Modes and the terminal's state; a checksum; preferred characters; what is shown; colours
      // and styles; the locator.
      case '$' -> last == 'p' || (prefix == 0 && (last == 'u' || last == 'w'));
      case '*' -> last == 'y';
      case '&' -> last == 'u';
      case '"' -> last == 'v';
      case '#' -> last == 'R' || last == '|';
      case '\'' -> last == '|';
      default -> false;
    };
  }

  private static int command(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST);
    int number = 0;
    int i = from;
    while (i < most && inNumber(text.charAt(i))) {
      char c = text.charAt(i);
      number = idle(c) ? number : Math.min(1_000, number * 10 + (c - '0'));
      i++;
    }
    if (i < most && (text.charAt(i) != ';' || !answered(number))) {
      return NO;
    }
    int over = string(text, i, most, true);
    return over < 0 || asks(text, i, over) ? over : NO;
  }

  private static boolean inNumber(char c) {
    return (c >= '0' && c <= '9') || (idle(c) && c != BEL);
  }

  /** Whether a terminal may answer that command: colours, the font, the clipboard. */
  private static boolean answered(int number) {
    return switch (number) {
      case 4, 5, 21, 50, 52 -> true;
      default -> number >= 10 && number <= 19;
    };
  }

  /** Whether a value that a command names is a question mark. */
  private static boolean asks(String text, int from, int to) {
    char before = 0;
    char last = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean ends = c == ';' || c == BEL || c == ST || c == ESC;
      if (ends && last == '?' && (before == ';' || before == '=')) {
        return true;
      }
      if (ends || !idle(c)) {
        before = last;
        last = c;
      }
    }
    return last == '?' && (before == ';' || before == '=');
  }

  private static int device(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST);
    int i = from;
    while (i < most && (idle(text.charAt(i)) || (text.charAt(i) >= '0' && text.charAt(i) <= '?'))) {
      i++;
    }
    if (i < most && text.charAt(i) != '$' && text.charAt(i) != '+') {
      return NO;
    }
    int last = i == most ? most : pastIdle(text, i + 1);
    if (last < most && text.charAt(last) != 'q' && text.charAt(last) != 'Q') {
      return NO;
    }
    return string(text, Math.min(last, most), most, false);
  }

  /** The graphics of kitty: whether there are any is asked by offering a picture. */
  private static int application(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST);
    int i = from;
    while (i < most && text.charAt(i) != ';' && !ends(text.charAt(i))) {
      i++;
    }
    boolean graphics = from == most || text.charAt(from) == 'G';
    if (!graphics || (i < most && !text.substring(from, i).matches("G(.*,)?a=q(,.*)?"))) {
      return NO;
    }
    return string(text, i, most, false);
  }

  private static boolean ends(char c) {
    return c == ESC || c == CAN || c == SUB || (c & 0xffe0) == 0x80;
  }

  /** Where a string is over, which whatever begins another sequence ends, too. */
  private static int string(String text, int from, int most, boolean bell) {
    for (int i = from; i < most; i++) {
      char c = text.charAt(i);
      if (c == ST || (c == BEL && bell)) {
        return i + 1;
      }
      if (c == ESC) {
        return i + 1 == text.length() ? NOT_OVER : text.charAt(i + 1) == '\\' ? i + 2 : i;
      }
      if (ends(c)) {
        return NO;
      }
    }
    return most == text.length() ? NOT_OVER : NO;
  }
}
