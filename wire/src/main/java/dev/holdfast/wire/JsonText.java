package dev.holdfast.wire;

import tools.jackson.core.io.JsonStringEncoder;

/** Strings as JSON text in UTF-8. Any thread. */
public final class JsonText {

  private static final char REPLACEMENT = '\ufffd';

  private JsonText() {}

  /**
   * A string as JSON text, quotation marks included. Half a surrogate pair, which UTF-8 cannot say,
   * becomes U+FFFD.
   */
  public static byte[] quote(String text) {
    byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(unicode(text));
    byte[] quoted = new byte[escaped.length + 2];
    quoted[0] = '"';
    System.arraycopy(escaped, 0, quoted, 1, escaped.length);
    quoted[quoted.length - 1] = '"';
    return quoted;
  }

  /** The string with U+FFFD for each half of a surrogate pair that stands alone. */
  static String unicode(String text) {
    if (isUnicode(text)) {
      return text;
    }
    var whole = new StringBuilder(text.length());
    text.codePoints()
        .map(point -> Character.getType(point) == Character.SURROGATE ? REPLACEMENT : point)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  /** Whether every half of a surrogate pair has its other half beside it. */
  static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** A string that a stranger sent, in one line fit for a message or a log, cut to a length. */
  static String shown(String text, int most) {
    var shown = new StringBuilder();
    int[] points = text.codePoints().limit(most + 1L).toArray();
    for (int i = 0; i < Math.min(most, points.length); i++) {
      if (isPlain(points[i])) {
        shown.appendCodePoint(points[i]);
      } else {
        shown.append(String.format("\\u%04x", points[i]));
      }
    }
    return points.length > most ? shown.append('…').toString() : shown.toString();
  }

  private static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> point != '"' && point != '\\';
    };
  }
}
