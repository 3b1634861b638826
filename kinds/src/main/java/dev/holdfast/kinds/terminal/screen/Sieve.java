package dev.holdfast.kinds.terminal.screen;

/**
 * Keeps from viewers what a program asks of its terminal: the screen answers that, once, whoever
 * watches. A question that a viewer saw would be answered by each of them, and again by each that
 * reads it later, into whatever prompt is there by then. Belongs to one thread.
 */
public final class Sieve {

  private static final char ESC = 0x1b;
  private static final char ENQ = 5;
  private static final char SHIFT_OUT = 0x0e;
  private static final char SHIFT_IN = 0x0f;

  /** What begins a string. */
  private static final String STRINGS = "]P_\u0090\u009d\u009f";

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
      int over = Question.over(all, i);
      if (over == Question.NOT_OVER) {
        end = i;
      } else if (over != Question.NO) {
        if (rest == null) {
          rest = new StringBuilder(all.length());
        }
        rest.append(all, copied, i);
        obeyed(all, i + 1, over, rest);
        rest.append(Unasked.of(all, i, over));
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

  /** The controls in the midst of a sequence, which terminals obey; in a string they are text. */
  private static void obeyed(String text, int from, int to, StringBuilder rest) {
    for (int i = from; i < to && STRINGS.indexOf(text.charAt(i)) < 0; i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != ESC && c != ENQ) {
        rest.append(c);
      }
    }
  }
}
