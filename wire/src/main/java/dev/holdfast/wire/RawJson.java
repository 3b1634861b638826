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

  /** Copies the text into {@code target} and returns the index after it. */
  public int copyTo(byte[] target, int at) {
    System.arraycopy(text, start, target, at, length);
    return at + length;
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
