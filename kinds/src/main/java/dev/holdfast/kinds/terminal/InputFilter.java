package dev.holdfast.kinds.terminal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds in what is typed the sequences that set a terminal up, which no key sends: a pasted text
 * may hold them. Only whole introducers count, in seven bits or in eight, also where one is cut in
 * two; so a paste in brackets, arrows and colours pass. Guarded by its user.
 */
final class InputFilter {

  private static final char ESC = 0x1b;
  private static final int LONGEST = 64;
  private static final int NOT_OVER = -1;
  private static final Set<Integer> COMMANDS = Set.of(0, 1, 2, 4, 10, 11, 52);

  /** The beginning of a sequence at the end of what was let through. */
  private String begun = "";

  /** Why something must not be typed; null where it may, and is taken as typed. */
  @Nullable String refuses(String text) {
    String all = begun + text;
    String rest = "";
    for (int i = 0; i < all.length(); i++) {
      char c = all.charAt(i);
      char kind = c == ESC && i + 1 < all.length() ? all.charAt(i + 1) : eightBit(c);
      int from = c == ESC ? i + 2 : i + 1;
      switch (kind) {
        case 'P' -> {
          return "a device control string (DCS) is not let through";
        }
        case ']' -> {
          int number = number(all, from);
          if (COMMANDS.contains(number)) {
            return "the command OSC " + number + " is not let through";
          }
          rest = number == NOT_OVER ? all.substring(i) : rest;
        }
        case '[' -> {
          String sequence = sequence(all, from);
          if (sequence == null) {
            rest = all.substring(i);
          } else if (sequence.endsWith("!p")) {
            return "a soft reset is not let through";
          } else if (sequence.endsWith("p") && !sequence.contains("$")) {
            return "another meaning for a key is not let through";
          }
        }
        default -> rest = c == ESC && i + 1 == all.length() ? all.substring(i) : rest;
      }
    }
    begun = rest.length() > LONGEST ? "" : rest;
    return null;
  }

  private static char eightBit(char c) {
    return switch (c) {
      case 0x90 -> 'P';
      case 0x9b -> '[';
      case 0x9d -> ']';
      default -> 0;
    };
  }

  /** The number of a command; {@link #NOT_OVER} where more of it may come, 1000 for none. */
  private static int number(String text, int from) {
    int number = 0;
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      number = Math.min(999, number * 10 + (text.charAt(i) - '0'));
      i++;
    }
    if (i == text.length()) {
      return NOT_OVER;
    }
    return i == from ? 1_000 : number;
  }

  /** A control sequence up to its end; null where more of it may come. */
  private static @Nullable String sequence(String text, int from) {
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c >= '@') {
        return text.substring(from, i + 1);
      } else if (!quoted && c < ' ') {
        return "";
      }
    }
    return null;
  }
}
