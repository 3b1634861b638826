package dev.holdfast.kinds.terminal.screen;

/** What a program is told that asks its terminal. Stateless. */
final class Answers {

  /** A VT220 with colours. */
  static final String ATTRIBUTES = "\u001b[?62;22c";

  /** As much of xterm as programs ask of that number before they rely on it. */
  static final String VERSION = "\u001b[>0;276;0c";

  static final String UNIT = "\u001bP!|00000000\u001b\\";
  static final String NAME = "\u001bP>|holdfast\u001b\\";
  static final String NO_CAPABILITY = "\u001bP0+r\u001b\\";

  private Answers() {}

  /** Whether a mode is set (DECRQM). */
  static String mode(Modes modes, boolean mine, int mode) {
    boolean set = mine ? modes.on(mode) : modes.ansi(mode);
    return "\u001b[" + (mine ? "?" : "") + mode + ";" + (set ? 1 : 2) + "$y";
  }

  /** A setting (DECRQSS). */
  static String setting(String what, long style, int top, int bottom, Modes modes) {
    StringBuilder out = new StringBuilder("\u001bP1$r");
    switch (what) {
      case "m" -> Style.write(style, out);
      case "r" -> out.append(top + 1).append(';').append(bottom + 1);
      case " q" -> out.append(modes.cursorShape());
      default -> {
        return "\u001bP0$r\u001b\\";
      }
    }
    return out.append(what).append("\u001b\\").toString();
  }
}
