package dev.holdfast.session;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.FeedId;
import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.TypeDialect;
import org.jspecify.annotations.Nullable;

/**
 * The events that were encoded last, with their frames: so an event is encoded once for all who
 * read it in the same turn, and its frame is not kept for as long as the event is. Of two events
 * with one place the later one stays; the other is encoded anew if it is asked for again. On one
 * loop.
 */
final class Encoded {

  /** Frames up to that size are kept in great number, larger ones in small. */
  private static final int SMALL = 4096;

  private final Table few = new Table(8);
  private final Table many = new Table(2048);

  /**
   * The frame of an event: the same array for all who ask.
   *
   * @param told whether it says its feed and offset
   */
  byte[] frame(Event event, FeedId feed, boolean told) {
    Table table = event.body().length > SMALL ? few : many;
    int at = table.placeOf(event, told);
    byte[] known = table.frames[at];
    // The same event has the same offset, told or not, hence the same place.
    if (known != null && event.equals(table.events[at])) {
      return known;
    }
    byte[] frame =
        TypeDialect.encode(
            new EventFrame(
                event.type(),
                event.body(),
                event.millis(),
                told ? feed.toString() : null,
                told ? event.offset() : 0,
                event.span()));
    table.events[at] = event;
    table.frames[at] = frame;
    return frame;
  }

  private static final class Table {
    final @Nullable Event[] events;
    final byte[] @Nullable [] frames;

    Table(int places) {
      events = new Event[places];
      frames = new byte[places][];
    }

    /** Told and untold events never share a place. */
    int placeOf(Event event, boolean told) {
      int spread = (int) event.offset() + (int) event.millis();
      return (spread << 1 | (told ? 1 : 0)) & (events.length - 1);
    }
  }
}
