package dev.holdfast.feed;

import org.jspecify.annotations.Nullable;

/**
 * The right to append to one feed. Whoever owns a feed anew fences out the owner before.
 *
 * <p>Any thread; the appends of one feed are put in order by the feed.
 */
public interface Owner {

  Feed feed();

  /** Appends an event. */
  default Appended append(Payload payload) {
    return append(payload, null);
  }

  /**
   * Appends an event unless one was appended with that key before.
   *
   * @param key the producer's own name for this event, remembered for the age and the number of
   *     events of the feed's retention; null for none
   */
  Appended append(Payload payload, @Nullable String key);

  /** Appends the last event: the feed has ended, and nothing can be appended any more. */
  Appended end(Payload last);

  /**
   * Replaces events that follow one another by one that says the same in less room, for readers to
   * come. Nothing happens where one of them is no longer retained, or once fenced out; also after
   * the end.
   *
   * @param first the offset of the first of them
   * @param last of the last, beyond {@code first}
   */
  void merge(long first, long last, Merged merged);

  /** Says where late readers get the state from; null for nowhere. Void once fenced out. */
  void snapshots(@Nullable Snapshots snapshots);

  /** What came of an append. */
  sealed interface Appended {

    /** It is the event at that offset. */
    record At(long offset) implements Appended {}

    /** The event at that offset has the same key; nothing was appended. */
    record Duplicate(long offset) implements Appended {}

    /** Another owner has taken the feed; nothing was appended. */
    record Fenced() implements Appended {}

    /** The feed has ended; nothing was appended. */
    record Ended() implements Appended {}
  }

  /** Events that were merged. Any thread. */
  @FunctionalInterface
  interface Merged {
    /** What they said after one offset and up to another, in one payload. Must not block. */
    Payload part(long after, long upTo);
  }

  /** Makes the state of a feed for readers that come too late for its events. Any thread. */
  @FunctionalInterface
  interface Snapshots {
    /** The state as of the newest offset it can tell, or null for none. Must not block. */
    Delivery.@Nullable Snapshot latest();
  }
}
