package dev.holdfast.kinds.terminal.screen;

/**
 * Does on a screen what a program says: characters, controls, escape sequences and strings itself,
 * control sequences by others. Belongs to its screen.
 */
final class Interpreter implements Parser.Actions {

  private static final int LONGEST_TITLE = 1_024;

  private final Screen screen;
  private final Modes modes;
  private final Cursor cursor;
  private final Charsets charsets;
  private final Editor editor;
  private final Pen pen;
  private final Answers answers;
  private final Sequences sequences;
  private final PrivateSequences privateSequences;

  Interpreter(Screen screen, Answers answers) {
    this.screen = screen;
    this.modes = screen.modes();
    this.cursor = screen.cursor();
    this.charsets = cursor.charsets();
    this.editor = screen.editor();
    this.pen = screen.pen();
    this.answers = answers;
    sequences = new Sequences(screen, answers);
    privateSequences = new PrivateSequences(screen, answers);
  }

  @Override
  public void print(String text, int from, int to) {
    pen.write(text, from, to);
  }

  @Override
  public void control(char control) {
    pen.lift();
    switch (control) {
      case '\b' -> cursor.left(1);
      case '\t' -> cursor.tab(1);
      case '\n', 0x0b, '\f' -> {
        editor.index();
        if (modes.ansi(Modes.NEW_LINE)) {
          cursor.toCol(0);
        }
      }
      case '\r' -> cursor.toCol(0);
      case 0x0e -> charsets.shift(1);
      case 0x0f -> charsets.shift(0);
      default -> {
        // A bell, or nothing that is seen.
      }
    }
  }

  @Override
  public void escape(char intermediate, char last) {
    pen.lift();
    if (intermediate != 0) {
      designate(intermediate, last);
      return;
    }
    switch (last) {
      case '7' -> screen.save();
      case '8' -> screen.restore();
      case 'D' -> editor.index();
      case 'E' -> {
        cursor.toCol(0);
        editor.index();
      }
      case 'H' -> screen.tabs().set(cursor.col());
      case 'M' -> editor.reverseIndex();
      case 'N' -> charsets.shiftOnce(2);
      case 'O' -> charsets.shiftOnce(3);
      case 'Z' -> answers.attributes();
      case 'c' -> screen.reset();
      case 'n' -> charsets.shift(2);
      case 'o' -> charsets.shift(3);
      case '=' -> modes.keypad(true);
      case '>' -> modes.keypad(false);
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  private void designate(char intermediate, char set) {
    int which = "()*+".indexOf(intermediate);
    if (which >= 0) {
      charsets.designate(which, set);
    } else if (intermediate == '#' && set == '8') {
      editor.align();
    }
  }

  @Override
  public void sequence(char prefix, Params params, char intermediate, char last) {
    if (last == 'b' && prefix == 0 && intermediate == 0) {
      pen.repeat(params.positive(0));
      return;
    }
    pen.lift();
    if (intermediate != 0) {
      privateSequences.withIntermediate(prefix, params, intermediate, last);
    } else if (prefix == 0) {
      sequences.take(params, last);
    } else if (prefix == '?') {
      privateSequences.withQuestionMark(params, last);
    } else {
      privateSequences.withPrefix(prefix, params, last);
    }
  }

  @Override
  public void command(String text) {
    pen.lift();
    int semicolon = text.indexOf(';');
    String number = semicolon < 0 ? text : text.substring(0, semicolon);
    String rest = semicolon < 0 ? "" : text.substring(semicolon + 1);
    Palette palette = screen.palette();
    switch (number) {
      case "0", "2" ->
          modes.title(rest.length() > LONGEST_TITLE ? rest.substring(0, LONGEST_TITLE) : rest);
      case "4" -> palette.indexed(rest);
      case "10", "11", "12", "17", "19" -> palette.from(Integer.parseInt(number), rest);
      case "104" -> palette.forgetIndexed(rest);
      case "110", "111", "112", "117", "119" -> palette.forget(number.substring(1));
      default -> {
        // Nothing that changes what is seen.
      }
    }
  }

  @Override
  public void device(String text) {
    pen.lift();
    int at = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '?') {
      at++;
    }
    if (text.startsWith("$q", at)) {
      answers.setting(text.substring(at + 2));
    } else if (text.startsWith("+q", at)) {
      answers.noCapability();
    }
  }
}
