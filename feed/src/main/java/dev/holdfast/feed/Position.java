package dev.holdfast.feed;

import java.util.Optional;

/**
 * A place in a feed: everything up to and including the event at {@code offset} lies before it.
 *
 * <p>Offsets rise by one from 1; offset 0 is the place before the first event. The epoch names one
 * life of the feed: a feed that is made anew gets another one, so that an old position is never
 * taken for a place in the new sequence. Written {@code epoch:offset}, the epoch in base 36.
 * Immutable; any thread.
 *
 * @param epoch which life of the feed, never 0
 * @param offset at least 0
 */
public record Position(long epoch, long offset) {

  private static final int RADIX = 36;
  private static final int TEXT_LENGTH = 40;

  /**
   * @throws IllegalArgumentException when the epoch is 0 or the offset is negative
   */
  public Position {
    if (epoch == 0 || offset < 0) {
      throw new IllegalArgumentException("not a position: " + epoch + ":" + offset);
    }
  }

  /** Reads {@code epoch:offset}; empty when the text is not of that form. */
  public static Optional<Position> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || text.length() > TEXT_LENGTH) {
      return Optional.empty();
    }
    try {
      long epoch = Long.parseUnsignedLong(text.substring(0, colon), RADIX);
      long offset = Long.parseLong(text.substring(colon + 1));
      return epoch == 0 || offset < 0 ? Optional.empty() : Optional.of(new Position(epoch, offset));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(epoch, RADIX) + ":" + offset;
  }
}
