package dev.holdfast.kinds.terminal.screen;

/**
 * Parts what a program writes into characters, controls and control sequences.
 *
 * <p>Source: ECMA-48, and the state machine of DEC's terminals as Paul Williams drew it.
 */
final class Parser {

  /** What it finds. */
  interface Actions {

    /** Characters to show, none of them a control. */
    void print(String text, int from, int to);

    void control(char control);

    /** An escape sequence: at most one intermediate character, or 0, and the final one. */
    void escape(char intermediate, char last);

    /**
     * A control sequence.
     *
     * @param prefix one of {@code <=>?}, or 0
     * @param intermediate or 0
     */
    void sequence(char prefix, Params params, char intermediate, char last);

    /** An operating system command. */
    void command(String text);

    /** A device control string, from its parameters on. */
    void device(String text);
  }

  private enum State {
    GROUND,
    ESCAPE,
    CSI,
    /** A control sequence that can't be one: skipped to its end. */
    BROKEN,
    OSC,
    DCS,
    /** A string that nobody here understands. */
    STRING
  }

  private static final char ESC = 0x1b;
  private static final char BEL = 7;
  private static final char CAN = 0x18;
  private static final char SUB = 0x1a;
  private static final char DEL = 0x7f;

  /** A longer string is skipped, as no command that counts is as long. */
  private static final int LONGEST = 4_096;

  private final Actions actions;
  private final Params params = new Params();

  /** What has come of a sequence that is not over. */
  private final StringBuilder begun = new StringBuilder();

  private State state = State.GROUND;
  private int start;
  private boolean tooLong;
  private char prefix;
  private char intermediate;

  Parser(Actions actions) {
    this.actions = actions;
  }

  /** Whether no sequence is under way. */
  boolean ground() {
    return state == State.GROUND;
  }

  /** What another parser has to be given to be in the midst of the same sequence. */
  String begun() {
    if (!tooLong) {
      return begun.toString();
    }
    // Its rest means nothing without its beginning, so it becomes one that nobody obeys.
    return state == State.OSC ? "\u001b]9999;" : state == State.DCS ? "\u001bP9999z" : "\u001b^";
  }

  /** Whatever was under way is over. */
  void abandon() {
    toGround();
  }

  void parse(String text) {
    int length = text.length();
    int i = 0;
    while (i < length) {
      char c = text.charAt(i);
      if (state == State.GROUND && shown(c)) {
        int end = i + 1;
        while (end < length && shown(text.charAt(end))) {
          end++;
        }
        actions.print(text, i, end);
        i = end;
      } else {
        boolean inString = state == State.OSC || state == State.DCS || state == State.STRING;
        take(c);
        i++;
        if (!inString && Character.isHighSurrogate(c) && i < length) {
          // It has ended a sequence: its second half is no character of its own.
          i++;
        }
      }
    }
  }

  private static boolean shown(char c) {
    return (c >= ' ' && c < DEL) || c > 0x9f;
  }

  private void take(char c) {
    if (c == ESC) {
      end();
      begin(State.ESCAPE, c);
    } else if (c == CAN || c == SUB) {
      begun.setLength(0);
      tooLong = false;
      state = State.GROUND;
    } else if (c >= 0x80 && c <= 0x9f) {
      eightBit(c);
    } else {
      switch (state) {
        case GROUND -> control(c);
        case ESCAPE -> inEscape(c);
        case CSI -> inSequence(c);
        case BROKEN -> inBroken(c);
        case OSC, DCS, STRING -> inString(c);
      }
    }
  }

  private void control(char c) {
    if (c != DEL) {
      actions.control(c);
    }
  }

  /** C1 controls in 8 bits: each is an escape sequence in one character. */
  private void eightBit(char c) {
    end();
    switch (c) {
      case 0x9b -> beginSequence(c);
      case 0x9d -> beginString(State.OSC, c);
      case 0x90 -> beginString(State.DCS, c);
      case 0x98, 0x9e, 0x9f -> beginString(State.STRING, c);
      case 0x9c -> toGround();
      default -> {
        toGround();
        actions.escape((char) 0, (char) (c - 0x40));
      }
    }
  }

  private void begin(State next, char c) {
    begun.setLength(0);
    begun.append(c);
    tooLong = false;
    intermediate = 0;
    state = next;
  }

  private void beginSequence(char c) {
    begin(State.CSI, c);
    params.clear();
    prefix = 0;
  }

  private void beginString(State next, char c) {
    begin(next, c);
    start = begun.length();
  }

  private void toGround() {
    begun.setLength(0);
    tooLong = false;
    state = State.GROUND;
  }

  private void inEscape(char c) {
    if (c < ' ') {
      control(c);
    } else if (c < '0') {
      begun.append(c);
      intermediate = c;
    } else if (intermediate != 0 || c == DEL) {
      toGround();
      actions.escape(intermediate, c);
    } else {
      begun.append(c);
      switch (c) {
        case '[' -> {
          state = State.CSI;
          params.clear();
          prefix = 0;
        }
        case ']' -> string(State.OSC);
        case 'P' -> string(State.DCS);
        case 'X', '^', '_' -> string(State.STRING);
        default -> {
          toGround();
          actions.escape((char) 0, c);
        }
      }
    }
  }

  private void string(State next) {
    state = next;
    start = begun.length();
  }

  private void inSequence(char c) {
    if (c < ' ') {
      control(c);
      return;
    }
    if (c == DEL) {
      return;
    }
    if (c >= '@') {
      // What was begun is forgotten first: a sequence may ask for the screen as it is then.
      toGround();
      actions.sequence(prefix, params, intermediate, c);
    } else if (begun.length() > LONGEST) {
      state = State.BROKEN;
    } else {
      begun.append(c);
      if (c < '0') {
        intermediate = c;
      } else if (c >= '<') {
        if (begun.length() == (begun.charAt(0) == ESC ? 3 : 2)) {
          prefix = c;
        } else {
          state = State.BROKEN;
        }
      } else if (intermediate == 0) {
        params.take(c);
      } else {
        state = State.BROKEN;
      }
    }
  }

  private void inBroken(char c) {
    if (c < ' ') {
      control(c);
    } else if (c >= '@' && c < DEL) {
      toGround();
    }
  }

  private void inString(char c) {
    if (c == BEL && state == State.OSC) {
      end();
      toGround();
    } else if (begun.length() > LONGEST) {
      tooLong = true;
    } else if (c >= ' ' || state != State.OSC) {
      begun.append(c);
    }
  }

  /** A string is over. */
  private void end() {
    if (!tooLong && (state == State.OSC || state == State.DCS)) {
      String text = begun.substring(start);
      boolean command = state == State.OSC;
      toGround();
      if (command) {
        actions.command(text);
      } else {
        actions.device(text);
      }
    }
  }
}
