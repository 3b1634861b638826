package dev.holdfast.kinds.terminal;

/** Finds where a run of bytes may be cut without cutting a character of UTF-8. Stateless. */
final class Utf8Cut {

  private static final int CONTINUATION = 0x80;
  private static final int LONGEST = 4;

  private Utf8Cut() {}

  /** How many of the bytes before {@code end} are whole characters, or can never become any. */
  static int whole(byte[] bytes, int end) {
    int first = end - 1;
    int least = Math.max(0, end - LONGEST + 1);
    while (first >= least && (bytes[first] & 0xc0) == CONTINUATION) {
      first--;
    }
    if (first < least) {
      return end;
    }
    int expected = length(bytes[first] & 0xff);
    return first + expected > end ? first : end;
  }

  /** How long a character is that begins so; 1 for what begins none. */
  private static int length(int first) {
    if (first >= 0xf0 && first <= 0xf4) {
      return 4;
    }
    if (first >= 0xe0) {
      return first < 0xf0 ? 3 : 1;
    }
    return first >= 0xc2 ? 2 : 1;
  }
}
