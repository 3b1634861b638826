package dev.holdfast.feed;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a feed: one writer at a time, any number of readers without a lock.
 *
 * <p>An event knows the offsets it stands for and never changes, so a reader that finds the offset
 * it looks for has found the event, and one that finds another, or nothing, knows that it came too
 * late.
 */
final class Ring {

  /** The smallest capacity there is. */
  static final int SMALLEST = 8;

  private final AtomicReferenceArray<@Nullable Event> slots;
  private final int mask;

  /** A ring with room for at least that many events. */
  Ring(int events) {
    int capacity = events <= SMALLEST ? SMALLEST : Integer.highestOneBit(events - 1) << 1;
    this.slots = new AtomicReferenceArray<>(capacity);
    this.mask = capacity - 1;
  }

  int capacity() {
    return mask + 1;
  }

  /** The event at that offset, or null when this ring does not hold it any more. */
  @Nullable Event at(long offset) {
    Event event = slots.getAcquire((int) offset & mask);
    return event != null && offset <= event.offset() && offset > event.offset() - event.span()
        ? event
        : null;
  }

  void put(Event event) {
    put(event.offset(), event);
  }

  /** Lets an event be found at an offset that it stands for. */
  void put(long offset, Event event) {
    slots.setRelease((int) offset & mask, event);
  }

  void clear(long offset) {
    slots.setRelease((int) offset & mask, null);
  }

  /** Another ring of that size with the events after {@code head} up to {@code tail}. */
  Ring resized(int events, long head, long tail) {
    Ring other = new Ring(events);
    for (long offset = head + 1; offset <= tail; offset++) {
      Event event = at(offset);
      if (event != null) {
        other.put(offset, event);
      }
    }
    return other;
  }
}
