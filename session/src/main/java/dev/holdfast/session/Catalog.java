package dev.holdfast.session;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.wire.ErrorCode;
import java.util.List;

/** Finds feeds for those who may read them. Any thread; never blocks. */
public interface Catalog {

  /** Opens a feed for a session. */
  Entry open(FeedId id, Caller by);

  /** Whether history may be asked of a feed: opens it without a membership. */
  Entry look(FeedId id, Principal principal);

  /** What a principal reads from admission on, in this order; nothing unless said. */
  default List<Standing> standing(Principal principal) {
    return List.of();
  }

  /** Whether a principal may read a feed, and the feed. */
  sealed interface Entry {

    /** There is none that it may know of. */
    Entry UNKNOWN = new Refused(ErrorCode.NOT_FOUND, "feed: no such feed");

    /**
     * It may.
     *
     * @param membership is told when the reading ends
     */
    record Granted(Feed feed, Membership membership) implements Entry {}

    /** It may not, or there is none that it may know of. */
    record Refused(ErrorCode code, String message) implements Entry {}
  }

  /** One session's reading of a feed, while it is connected. On the connection's loop. */
  interface Membership {
    /** A membership that nobody counts. */
    Membership UNCOUNTED = seen -> {};

    /**
     * How much may be sent beyond a place, in bytes by {@link dev.holdfast.feed.Event#cost()}; 0 or
     * less for nothing until {@link Caller#goOn} is called.
     *
     * @param sent the offset up to which it has been sent
     */
    default long room(long sent) {
      return Long.MAX_VALUE;
    }

    /** Whether it is better served with the state of the feed than with what comes next. */
    default boolean skips(long sent) {
      return false;
    }

    /** It has been sent everything up to that offset. */
    default void sent(long offset) {}

    /**
     * Ends it.
     *
     * @param seen the place up to which the client is known to have received
     */
    void leave(Position seen);
  }

  /**
   * A feed read from admission on.
   *
   * @param told whether the client is told of it; where not, its events carry no feed and offset,
   *     and those that the session itself caused are left out
   */
  record Standing(FeedId feed, From from, boolean told) {}
}
