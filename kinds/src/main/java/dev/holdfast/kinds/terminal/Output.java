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
    int length = plain.length;
    for (int i = special(plain, 0); i < plain.length; i = special(plain, i + 1)) {
      length += shortly(plain[i]) == 0 ? UNICODE_ESCAPE : 1;
    }
    byte[] number = number(bytes);
    byte[] body = new byte[HEAD.length + length + BYTES.length + number.length];
    quote(plain, body, HEAD.length);
    return framed(body, length, number);
  }

  /** What is quoted already, in one array of its exact size. */
  static byte[] body(byte[] quoted, int length, long bytes) {
    byte[] number = number(bytes);
    byte[] body = new byte[HEAD.length + length + BYTES.length + number.length];
    System.arraycopy(quoted, 0, body, HEAD.length, length);
    return framed(body, length, number);
  }

  private static byte[] number(long bytes) {
    return Long.toString(bytes).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] framed(byte[] body, int length, byte[] number) {
    System.arraycopy(HEAD, 0, body, 0, HEAD.length);
    int at = HEAD.length + length;
    System.arraycopy(BYTES, 0, body, at, BYTES.length);
    System.arraycopy(number, 0, body, at + BYTES.length, number.length);
    return body;
  }

  /**
   * Quotes bytes as long as they are plain: ASCII in which nothing begins that takes more than two
   * bytes. Each step copies eight of them and looks at them afterwards.
   *
   * @param quoted has room for twice as many bytes, and eight more
   * @param at where to write to
   * @return where the next is to be written; less than 0 where one of them is not plain
   */
  static int quotePlain(byte[] said, int from, int to, byte[] quoted, int at) {
    int i = from;
    int end = at;
    while (i < to) {
      int step = 0;
      if (i + Long.BYTES <= to) {
        long eight = (long) LONGS.get(said, i);
        LONGS.set(quoted, end, eight);
        long found = (escaped(eight) | eight) & HIGHS;
        step = found == 0 ? Long.BYTES : Long.numberOfTrailingZeros(found) >>> 3;
        i += step;
        end += step;
      }
      if (step < Long.BYTES) {
        byte b = said[i++];
        if (b < 0 || special(b)) {
          quoted[end++] = '\\';
          b = b < 0 ? 0 : shortly(b);
        }
        if (b == 0) {
          return -1;
        }
        quoted[end++] = b;
      }
    }
    return end;
  }

  private static void quote(byte[] plain, byte[] body, int from) {
    int at = from;
    int copied = 0;
    for (int i = special(plain, 0); i < plain.length; i = special(plain, copied)) {
      System.arraycopy(plain, copied, body, at, i - copied);
      at = escape(plain[i], body, at + i - copied);
      copied = i + 1;
    }
    System.arraycopy(plain, copied, body, at, plain.length - copied);
  }

  /** Where the next byte is that JSON has escaped; the length for none. */
  private static int special(byte[] plain, int from) {
    int i = from;
    for (; i + Long.BYTES <= plain.length; i += Long.BYTES) {
      long found = escaped((long) LONGS.get(plain, i)) & HIGHS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < plain.length && !special(plain[i])) {
      i++;
    }
    return i;
  }

  /**
   * A high bit for each of eight bytes that JSON has escaped (RFC 8259, section 7). The lowest that
   * is set is right; those above it may be wrong.
   */
  private static long escaped(long eight) {
    return less(eight, ' ') | less(eight ^ '"' * ONES, 1) | less(eight ^ '\\' * ONES, 1);
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
