package dev.holdfast.kinds.terminal.screen;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Colours as programs name them. What a program is told of one is made anew, never said again as it
 * came: it is typed, and whoever wrote to the screen would have typed it. Stateless.
 *
 * <p>Source: XParseColor(3).
 */
final class Colour {

  private static final Pattern ANY = Pattern.compile("[#A-Za-z0-9:/., ]{1,64}");
  private static final Pattern HASH = Pattern.compile("#(\\p{XDigit}{1,4}){3}");
  private static final Pattern RGB =
      Pattern.compile("rgb:(\\p{XDigit}{1,4})/(\\p{XDigit}{1,4})/(\\p{XDigit}{1,4})");

  private Colour() {}

  /** Whether it may name one, for a terminal that knows more of them. */
  static boolean plausible(String value) {
    return ANY.matcher(value).matches();
  }

  /** The same as terminals tell of it; null for one that is not known here. */
  static @Nullable String told(String value) {
    int digits = value.length() - 1;
    if (HASH.matcher(value).matches() && digits % 3 == 0) {
      int each = digits / 3;
      return told(
          left(value.substring(1, 1 + each)),
          left(value.substring(1 + each, 1 + 2 * each)),
          left(value.substring(1 + 2 * each)));
    }
    Matcher parts = RGB.matcher(value);
    return parts.matches()
        ? told(scaled(parts.group(1)), scaled(parts.group(2)), scaled(parts.group(3)))
        : null;
  }

  /** Of 255, where the digits are the upper ones. */
  private static int left(String digits) {
    return Integer.parseInt((digits + "000").substring(0, 4), 16) >> 8;
  }

  /** Of 255, where the largest number of so many digits is all. */
  private static int scaled(String digits) {
    return Integer.parseInt(digits, 16) * 255 / ((1 << (4 * digits.length())) - 1);
  }

  private static String told(int red, int green, int blue) {
    return "rgb:%1$02x%1$02x/%2$02x%2$02x/%3$02x%3$02x".formatted(red, green, blue);
  }
}
