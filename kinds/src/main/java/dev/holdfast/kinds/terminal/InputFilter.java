package dev.holdfast.kinds.terminal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds in what is typed the sequences that set a terminal up, which no key sends: a pasted text
 * may hold them. Only whole introducers count, in seven bits or in eight, also where one is cut in
 * two or has controls in its midst, which terminals obey or ignore there; so a paste in brackets,
 * arrows and colours pass. Guarded by its user.
 */
final class InputFilter {

  private static final char BEL = 7;
  private static final char CAN = 0x18;
  private static final char SUB = 0x1a;
  private static final char ESC = 0x1b;
  private static final char DEL = 0x7f;
  private static final int NO_NUMBER = -1;
  private static final int MOST = 1_000;
  private static final Set<Integer> COMMANDS = Set.of(0, 1, 2, 4, 10, 11, 52);

  private enum State {
    TEXT,
    ESCAPE,
    CONTROL,
    /** Within quotes: what a key is to mean. */
    QUOTED,
    /** In the number of an operating system command. */
    COMMAND
  }

  private State state = State.TEXT;

  /** Of the command. */
  private int number;

  /** The character before, of the control sequence. */
  private char before;

  /** Why something must not be typed; null where it may, and is taken as typed. */
  @Nullable String refuses(String text) {
    State stateThen = state;
    int numberThen = number;
    char beforeThen = before;
    for (int i = 0; i < text.length(); i++) {
      String why = take(text.charAt(i));
      if (why != null) {
        state = stateThen;
        number = numberThen;
        before = beforeThen;
        return why;
      }
    }
    return null;
  }

  private @Nullable String take(char c) {
    boolean eightBit = c >= 0x80 && c <= 0x9f;
    if (state == State.COMMAND && (c == ESC || c == BEL || c == ';' || eightBit)) {
      int command = number == NO_NUMBER && c == ';' ? 0 : number;
      if (COMMANDS.contains(command)) {
        return "the command OSC " + command + " is not let through";
      }
      state = State.TEXT;
    }
    if (c == ESC) {
      state = State.ESCAPE;
    } else if (c == CAN || c == SUB) {
      state = State.TEXT;
    } else if (eightBit) {
      return begin((char) (c - 0x40));
    } else if (c >= ' ' && c != DEL) {
      return switch (state) {
        case TEXT -> null;
        case ESCAPE -> begin(c);
        case CONTROL -> inControl(c);
        case QUOTED -> inQuotes(c);
        case COMMAND -> inNumber(c);
      };
    }
    return null;
  }

  private @Nullable String begin(char c) {
    state = State.TEXT;
    switch (c) {
      case 'P' -> {
        return "a device control string (DCS) is not let through";
      }
      case ']' -> {
        state = State.COMMAND;
        number = NO_NUMBER;
      }
      case '[' -> {
        state = State.CONTROL;
        before = 0;
      }
      default -> {
        // It begins nothing that counts.
      }
    }
    return null;
  }

  private @Nullable String inControl(char c) {
    char marked = before;
    before = c;
    if (c == '"') {
      state = State.QUOTED;
    } else if (c >= '@') {
      state = State.TEXT;
      if (c == 'p' && marked != '$') {
        return marked == '!'
            ? "a soft reset is not let through"
            : "another meaning for a key is not let through";
      }
    }
    return null;
  }

  private @Nullable String inQuotes(char c) {
    if (c == 'p' && before == '"') {
      return "a reset to another level is not let through";
    }
    before = c == '"' ? 0 : c;
    state = c == '"' ? State.CONTROL : State.QUOTED;
    return null;
  }

  private @Nullable String inNumber(char c) {
    if (c >= '0' && c <= '9') {
      number = Math.min(MOST, Math.max(0, number) * 10 + (c - '0'));
    } else {
      // Not a number, hence no command that any terminal obeys.
      state = State.TEXT;
    }
    return null;
  }
}
