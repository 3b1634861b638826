package dev.holdfast.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells whether bytes are UTF-8 as RFC 3629 has it. Any thread. */
final class Utf8 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8() {}

  static boolean isValid(byte[] text) {
    int at = 0;
    while (at < text.length) {
      if (at + Long.BYTES <= text.length && ((long) LONGS.get(text, at) & NOT_ASCII) == 0) {
        at += Long.BYTES;
        continue;
      }
      int size = size(text, at);
      if (size == 0) {
        return false;
      }
      at += size;
    }
    return true;
  }

  /** The size of the character that begins there; 0 if none does. */
  private static int size(byte[] text, int at) {
    int first = text[at];
    if (first >= 0) {
      return 1;
    }
    int left = text.length - at;
    if (first >= (byte) 0xc2 && first <= (byte) 0xdf) {
      return left > 1 && follows(text[at + 1]) ? 2 : 0;
    }
    if ((first & 0xf0) == 0xe0) {
      return left > 2 && second3(first & 0xff, text[at + 1] & 0xff) && follows(text[at + 2])
          ? 3
          : 0;
    }
    return left > 3
            && second4(first & 0xff, text[at + 1] & 0xff)
            && follows(text[at + 2])
            && follows(text[at + 3])
        ? 4
        : 0;
  }

  private static boolean follows(int next) {
    return (next & 0xc0) == 0x80;
  }

  /** No overlong forms, no halves of surrogate pairs. */
  private static boolean second3(int first, int second) {
    return switch (first) {
      case 0xe0 -> second >= 0xa0 && second <= 0xbf;
      case 0xed -> second >= 0x80 && second <= 0x9f;
      default -> follows(second);
    };
  }

  /** No overlong forms, nothing over U+10FFFF. */
  private static boolean second4(int first, int second) {
    return switch (first) {
      case 0xf0 -> second >= 0x90 && second <= 0xbf;
      case 0xf1, 0xf2, 0xf3 -> follows(second);
      case 0xf4 -> second >= 0x80 && second <= 0x8f;
      default -> false;
    };
  }
}
