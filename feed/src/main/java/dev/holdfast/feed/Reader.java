package dev.holdfast.feed;

import java.util.function.Consumer;

/**
 * One reader's place in a feed.
 *
 * <p>A reader holds a position and nothing else: a slow one costs the feed nothing. It belongs to
 * one thread at a time.
 */
public interface Reader {

  /** The place after what was delivered last. */
  Position position();

  /**
   * Delivers, in order and without blocking, what comes after this reader's position: events, each
   * once, or a gap or snapshot in place of events that are no longer retained; then {@link
   * Delivery.Mark#CAUGHT_UP} or {@link Delivery.Mark#END}. Stops without a mark once {@code budget}
   * is spent; the event that overspends it is still delivered.
   *
   * @param budget bytes by {@link Event#cost()}; nothing is delivered for 0 or less
   * @return bytes spent
   */
  long poll(long budget, Consumer<? super Delivery> into);

  /**
   * Delivers the state of the feed in place of the events that come next, where there is a state
   * that is newer than this reader's position; else nothing happens. Does not block.
   */
  void skip(Consumer<? super Delivery> into);
}
