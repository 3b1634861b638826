package dev.holdfast.kinds.terminal.screen;

/**
 * The control sequences that makers of terminals have added, with a prefix or an intermediate
 * character: modes, buffers, resets and the keyboard. Belongs to its screen.
 *
 * <p>Source: DEC's VT520 manual; xterm's control sequences; the keyboard protocol of kitty.
 */
final class PrivateSequences {

  private final Screen screen;
  private final Modes modes;
  private final Cursor cursor;
  private final Buffers buffers;
  private final Editor editor;
  private final Answers answers;

  PrivateSequences(Screen screen, Answers answers) {
    this.screen = screen;
    this.modes = screen.modes();
    this.cursor = screen.cursor();
    this.buffers = screen.buffers();
    this.editor = screen.editor();
    this.answers = answers;
  }

  void withIntermediate(char prefix, Params params, char intermediate, char last) {
    if (intermediate == ' ' && last == 'q' && prefix == 0) {
      modes.cursorShape(Math.min(params.get(0, 0), 6));
    } else if (intermediate == '!' && last == 'p') {
      screen.softReset();
    } else if (intermediate == '$' && last == 'p') {
      answers.mode(prefix == '?', params.get(0, 0));
    }
  }

  /** Modes, and what else DEC and xterm have put behind a question mark. */
  void withQuestionMark(Params params, char last) {
    switch (last) {
      case 'h', 'l' -> {
        for (int i = 0; i < params.count(); i++) {
          mode(params.get(i, 0), last == 'h');
        }
      }
      case 'J' -> editor.eraseScreen(params.get(0, 0));
      case 'K' -> editor.eraseLine(params.get(0, 0));
      case 'n' -> answers.status(params.get(0, 0), "?");
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
          screen.save();
        } else {
          screen.restore();
        }
      }
      case 1049 -> {
        // Whichever screen is shown: programs that clean up leave one that they never entered.
        if (on) {
          screen.save();
          buffer(true, true);
        } else {
          buffer(false, false);
          screen.restore();
        }
      }
      case Modes.ORIGIN -> {
        modes.set(mode, on);
        cursor.home();
      }
      case Modes.WRAP -> {
        modes.set(mode, on);
        if (!on) {
          cursor.stay();
        }
      }
      default -> modes.set(mode, on);
    }
  }

  private void buffer(boolean alternate, boolean clear) {
    cursor.stay();
    if (!alternate) {
      buffers.toMain();
    } else if (buffers.toOther(screen.rows()) || clear) {
      editor.eraseScreen(2);
    }
  }

  /** With another prefix: xterm's options for modified keys, and the keyboard protocol of kitty. */
  void withPrefix(char prefix, Params params, char last) {
    Keyboard keyboard = buffers.shown().keyboard();
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
      answers.version();
    } else if (prefix == '=' && last == 'c') {
      answers.unit();
    } else if (prefix == '>' && last == 'q') {
      answers.name();
    }
  }
}
