package dev.holdfast.kinds.terminal;

import java.nio.charset.StandardCharsets;

/** Writes what a program says as the body of an event. Stateless. */
final class Output {

  private static final byte[] HEAD = "\"data\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BYTES = "\",\"bytes\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int UNICODE_ESCAPE = 5;

  /** How many bytes more each byte takes as JSON (RFC 8259, section 7). */
  private static final byte[] MORE = new byte[256];

  static {
    for (int b = 0; b < ' '; b++) {
      MORE[b] = (byte) (shortly((byte) b) == 0 ? UNICODE_ESCAPE : 1);
    }
    MORE['"'] = 1;
    MORE['\\'] = 1;
  }

  private Output() {}

  /** A text, in one array of its exact size. */
  static byte[] body(String text, long bytes) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    return body(plain, plain.length, bytes);
  }

  /** So many bytes of valid UTF-8, in one array of its exact size. */
  static byte[] body(byte[] plain, int length, long bytes) {
    byte[] number = Long.toString(bytes).getBytes(StandardCharsets.US_ASCII);
    int more = 0;
    for (int i = 0; i < length; i++) {
      more += MORE[plain[i] & 0xff];
    }
    byte[] body = new byte[HEAD.length + length + more + BYTES.length + number.length];
    System.arraycopy(HEAD, 0, body, 0, HEAD.length);
    int at = quote(plain, length, body, HEAD.length);
    System.arraycopy(BYTES, 0, body, at, BYTES.length);
    System.arraycopy(number, 0, body, at + BYTES.length, number.length);
    return body;
  }

  private static int quote(byte[] plain, int length, byte[] body, int from) {
    int at = from;
    int copied = 0;
    for (int i = 0; i < length; i++) {
      if (MORE[plain[i] & 0xff] != 0) {
        System.arraycopy(plain, copied, body, at, i - copied);
        at = escape(plain[i], body, at + i - copied);
        copied = i + 1;
      }
    }
    System.arraycopy(plain, copied, body, at, length - copied);
    return at + length - copied;
  }

  private static int escape(byte b, byte[] body, int from) {
    int at = from;
    body[at++] = '\\';
    byte brief = shortly(b);
    if (brief != 0) {
      body[at++] = brief;
    } else {
      body[at++] = 'u';
      body[at++] = '0';
      body[at++] = '0';
      body[at++] = HEX[b >> 4];
      body[at++] = HEX[b & 0xf];
    }
    return at;
  }

  private static byte shortly(byte b) {
    return switch (b) {
      case '"', '\\' -> b;
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      case '\b' -> 'b';
      case '\f' -> 'f';
      default -> 0;
    };
  }
}
