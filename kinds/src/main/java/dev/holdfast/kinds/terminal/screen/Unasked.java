package dev.holdfast.kinds.terminal.screen;

/**
 * What a command sets besides what it asks: one that names several colours may do both. Stateless.
 *
 * <p>Source: xterm's control sequences (operating system commands 4, 5 and 10 to 19); the colour
 * protocol of kitty (21).
 */
final class Unasked {

  private static final String BEGIN = "\u001b]";
  private static final String END = "\u001b\\";

  private static final int FIRST_IN_ROW = 10;
  private static final int LAST_IN_ROW = 19;

  private Unasked() {}

  /** Commands that set the same as the question at that place, and ask nothing; empty for none. */
  static String of(String text, int at, int over) {
    StringBuilder command = new StringBuilder();
    boolean begun = false;
    for (int i = at; i < over; i++) {
      char c = text.charAt(i);
      if (begun && c >= ' ' && c < 0x7f) {
        command.append(c);
      } else if (begun && (c == 0x1b || c > 0x7f)) {
        break;
      }
      begun |= c == 0x9d || c == ']';
    }
    int semicolon = command.indexOf(";");
    if (semicolon < 1 || semicolon > 2) {
      return "";
    }
    int number = Integer.parseInt(command.substring(0, semicolon));
    String[] values = command.substring(semicolon + 1).split(";", -1);
    return switch (number) {
      case 4, 5 -> pairs(number, values);
      case 21 -> named(values);
      default -> number >= FIRST_IN_ROW && number <= LAST_IN_ROW ? inRow(number, values) : "";
    };
  }

  private static String pairs(int number, String[] values) {
    StringBuilder set = new StringBuilder();
    for (int i = 0; i + 1 < values.length; i += 2) {
      if (values[i].matches("[0-9]{1,3}") && sets(values[i + 1])) {
        set.append(';').append(values[i]).append(';').append(values[i + 1]);
      }
    }
    return set.isEmpty() ? "" : BEGIN + number + set + END;
  }

  private static String named(String[] values) {
    StringBuilder set = new StringBuilder();
    for (String value : values) {
      if (sets(value) && !value.endsWith("=?")) {
        set.append(';').append(value);
      }
    }
    return set.isEmpty() ? "" : BEGIN + 21 + set + END;
  }

  /** Each value is for the command of the next number. */
  private static String inRow(int first, String[] values) {
    StringBuilder set = new StringBuilder();
    for (int i = 0; i < values.length && first + i <= LAST_IN_ROW; i++) {
      if (sets(values[i])) {
        set.append(BEGIN).append(first + i).append(';').append(values[i]).append(END);
      }
    }
    return set.toString();
  }

  private static boolean sets(String value) {
    return !value.isEmpty() && !value.equals("?");
  }
}
