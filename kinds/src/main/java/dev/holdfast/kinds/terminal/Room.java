package dev.holdfast.kinds.terminal;

import java.nio.charset.StandardCharsets;

/**
 * What was read of a terminal and waits to be said. What is plain, as nearly all of a flood is, is
 * written as JSON has it while it comes: meanwhile the system brings up more, which a reader that
 * asked at once would have to wait for. Lent by {@link PtyLoop}, whose thread alone uses it.
 */
final class Room {

  /** What is told of at once, in bytes: more would have keys wait for their echo. */
  static final int SIZE = 16 * 1024;

  private final byte[] said = new byte[SIZE];

  /** No plain byte takes more than two; one step beyond the end is written and forgotten. */
  private final byte[] quoted = new byte[2 * SIZE + Long.BYTES];

  private int length;
  private int quotedLength;
  private boolean plain = true;

  /** Bytes in it. */
  int length() {
    return length;
  }

  /** Whether there is nothing in it but ASCII text, ends of lines, tabs and the like. */
  boolean plain() {
    return plain;
  }

  /**
   * Reads what a program has said, without blocking.
   *
   * @param most as many bytes; there has to be room for them
   * @return how many have come
   */
  int read(PtyProgram program, int most) {
    int count = Math.max(0, program.read(said, length, most));
    took(count);
    return count;
  }

  private void took(int count) {
    int from = length;
    length += count;
    if (plain) {
      quotedLength = Output.quotePlain(said, from, length, quoted, quotedLength);
      plain = quotedLength >= 0;
    }
  }

  /** How many of the bytes are whole characters, or can never become any. */
  int whole() {
    return plain ? length : Utf8Cut.whole(said, length);
  }

  /** So many of the bytes, as a text. */
  String text(int count) {
    return new String(said, 0, count, plain ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  /**
   * The body of the event that says all of it, which is {@link #plain}.
   *
   * @param bytes how many have come by now
   */
  byte[] body(long bytes) {
    return Output.body(quoted, quotedLength, bytes);
  }

  /** Has said so many of the bytes. */
  void drop(int count) {
    int rest = length - count;
    System.arraycopy(said, count, said, 0, rest);
    length = 0;
    quotedLength = 0;
    plain = true;
    took(rest);
  }
}
