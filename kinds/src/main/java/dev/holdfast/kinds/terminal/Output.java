package dev.holdfast.kinds.terminal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes what a program says as the body of an event. Stateless. */
final class Output {

  private static final byte[] HEAD = "\"data\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BYTES = "\",\"bytes\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int UNICODE_ESCAPE = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

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
    for (int i = special(plain, 0, length); i < length; i = special(plain, i + 1, length)) {
      more += shortly(plain[i]) == 0 ? UNICODE_ESCAPE : 1;
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
    for (int i = special(plain, 0, length); i < length; i = special(plain, copied, length)) {
      System.arraycopy(plain, copied, body, at, i - copied);
      at = escape(plain[i], body, at + i - copied);
      copied = i + 1;
    }
    System.arraycopy(plain, copied, body, at, length - copied);
    return at + length - copied;
  }

  /** Where the next byte is that JSON has escaped (RFC 8259, section 7); {@code to} for none. */
  private static int special(byte[] plain, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long eight = (long) LONGS.get(plain, i);
      // The lowest high bit that is left tells of the first; those above it may be wrong.
      long found =
          (less(eight, ' ') | less(eight ^ '"' * ONES, 1) | less(eight ^ '\\' * ONES, 1)) & HIGHS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < to && !special(plain[i])) {
      i++;
    }
    return i;
  }

  private static boolean special(byte b) {
    return (b >= 0 && b < ' ') || b == '"' || b == '\\';
  }

  /** A high bit for each of eight bytes that is less than so much; the lowest is right. */
  private static long less(long eight, int than) {
    return (eight - than * ONES) & ~eight;
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
