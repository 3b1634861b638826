package dev.holdfast.client.command;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What programs leave behind in the terminal that shows them, and what undoes it. Guarded by its
 * user.
 */
final class Traces {

  /** The title is kept aside. */
  static final String TO_BEGIN_WITH = "\033[22;0t";

  /** What programs set up in a terminal that is used for something else from now on. */
  private static final String AS_BEFORE =
      "\033[?9l\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1005l\033[?1006l\033[?1015l\033[?1016l"
          + "\033[?2004l\033[?2026l\033[<9u\033[>4m\033[!p\033[?1l\033>\033[?5l\033[?7h\033[20l\033[?25h\033[0"
          + " q\033(B\017\033[0m\033[23;0t\r\n";

  /** Leaving the other screen where it is not shown would take the cursor somewhere else. */
  private static final String OTHER_SCREEN_AS_BEFORE = "\033[?1049l";

  /** A full reset, or a way to the other screen or back. */
  private static final Pattern OTHER_SCREEN =
      Pattern.compile("\033(?:c|\\[\\?(?:[0-9;]*;)?(?:47|1047|1049)(?:;[0-9;]*)?([hl]))");

  /** What may be the beginning of one. */
  private static final int BEGINNING = 16;

  /** Programs rarely change colours, and people have their own. */
  private static final List<String> COLOURS =
      List.of("\033]4;", "\033]10;", "\033]11;", "\033]12;");

  private static final String COLOURS_AS_BEFORE =
      "\033]104\033\\\033]110\033\\\033]111\033\\\033]112\033\\";

  private String last = "";
  private boolean coloured;
  private boolean otherScreen;

  /** Something is shown. */
  void notice(String more) {
    String text = last + more;
    last = text.substring(Math.max(0, text.length() - BEGINNING));
    if (text.indexOf('\033') >= 0) {
      coloured |= COLOURS.stream().anyMatch(text::contains);
      Matcher way = OTHER_SCREEN.matcher(text);
      while (way.find()) {
        otherScreen = "h".equals(way.group(1));
      }
    }
  }

  /** What makes the terminal as it was. */
  String undone() {
    return (otherScreen ? OTHER_SCREEN_AS_BEFORE : "")
        + (coloured ? COLOURS_AS_BEFORE : "")
        + AS_BEFORE;
  }
}
