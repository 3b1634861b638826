package dev.holdfast.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value as its UTF-8 text, known to be well-formed, passed on as it came.
 *
 * <p>A slice of the frame that it came in: nobody writes to that array. Immutable; any thread.
 */
public final class RawJson {

  /** The value {@code null}. */
  public static final RawJson NULL = of("null");

  private final byte[] text;
  private final int start;
  private final int length;

  RawJson(byte[] text, int start, int length) {
    this.text = text;
    this.start = start;
    this.length = length;
  }

  /** A value from JSON text that the caller knows to be well-formed. */
  public static RawJson of(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new RawJson(bytes, 0, bytes.length);
  }

  /** A value from JSON text that the caller knows to be well-formed; the array is handed over. */
  public static RawJson of(byte[] json) {
    return new RawJson(json, 0, json.length);
  }

  /** Its length in bytes. */
  public int length() {
    return length;
  }

  /** Whether no escape in it stands for half a surrogate pair without the other half. */
  boolean isUnicode() {
    int end = start + length;
    for (int i = start; i < end; i++) {
      if (text[i] == '\\') {
        int unit = escaped(i);
        if (unit >= 0xdc00 && unit <= 0xdfff) {
          return false;
        }
        if (unit >= 0xd800 && unit <= 0xdbff) {
          int low = i + 6 < end && text[i + 6] == '\\' ? escaped(i + 6) : -1;
          if (low < 0xdc00 || low > 0xdfff) {
            return false;
          }
          i += 6;
        }
        // On to the last character of the escape that matters: what follows \\u is digits.
        i++;
      }
    }
    return true;
  }

  /** The UTF-16 unit of the escape with four digits at that index; -1 for any other escape. */
  private int escaped(int at) {
    if (text[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      unit = unit << 4 | Character.digit(text[i], 16);
    }
    return unit;
  }

  /** Copies the text into {@code target} and returns the index after it. */
  public int copyTo(byte[] target, int at) {
    System.arraycopy(text, start, target, at, length);
    return at + length;
  }

  /** What an object without white space around its braces has between them. */
  RawJson inner() {
    return new RawJson(text, start + 1, length - 2);
  }

  void writeTo(ByteArrayOutputStream target) {
    target.write(text, start, length);
  }

  /** A copy of the text. */
  public byte[] bytes() {
    return Arrays.copyOfRange(text, start, start + length);
  }

  @Override
  public String toString() {
    return new String(text, start, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawJson that
        && Arrays.equals(
            text, start, start + length, that.text, that.start, that.start + that.length);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
