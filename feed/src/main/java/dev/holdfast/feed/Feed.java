package dev.holdfast.feed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded, replayable sequence of events with one owner and any number of readers.
 *
 * <p>Guarantees: a reader that attaches from a position is given every retained event after it
 * exactly once and in order, then what is appended later, with no hole between; what it can't be
 * given is told, at attach or as a gap. Any thread.
 */
public interface Feed {

  FeedId id();

  /** The place after the newest event. */
  Position tail();

  /** The place before the earliest retained event; the same as the tail when none is retained. */
  Position head();

  /** Whether its last event has been appended. */
  boolean ended();

  /** A new reader. */
  Attached attach(From from);

  /**
   * Calls the signal after each append until the watch is closed. To miss nothing: watch first,
   * poll until caught up, then wait.
   */
  Watch watch(Signal signal);

  /**
   * A page of retained events.
   *
   * @param from the page holds events after this offset, or, in reverse, before it; null for the
   *     first page of either direction
   * @param limit events at most, at least 1
   */
  Page history(@Nullable Long from, int limit, boolean reverse);

  /**
   * The answer to {@link #attach}.
   *
   * @param position where the reader begins: what it is given lies after
   * @param recovered false when events after the place that was asked for are missing
   * @param snapshot the state as of {@code position}, where events are missing and the feed has one
   */
  record Attached(
      Reader reader, Position position, boolean recovered, Delivery.@Nullable Snapshot snapshot) {}

  /**
   * A page of {@link #history}.
   *
   * @param complete whether nothing retained lies beyond it in its direction
   */
  record Page(List<Event> events, boolean complete) {
    public Page {
      events = List.copyOf(events);
    }
  }

  /** Ends a watch; a second close does nothing. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
