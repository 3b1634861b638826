package dev.holdfast.session;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.wire.ErrorCode;
import java.util.List;

/** Finds feeds for those who may read them. Any thread; never blocks. */
public interface Catalog {

  /** Opens a feed for a principal's session. */
  Entry open(FeedId id, Principal principal);

  /** Whether history may be asked of a feed: opens it without a membership. */
  Entry look(FeedId id, Principal principal);

  /** What a principal reads from admission on, in this order. */
  List<Standing> standing(Principal principal);

  /** Whether a principal may read a feed, and the feed. */
  sealed interface Entry {

    /**
     * It may.
     *
     * @param membership is told when the reading ends
     */
    record Granted(Feed feed, Membership membership) implements Entry {}

    /** It may not, or there is none that it may know of. */
    record Refused(ErrorCode code, String message) implements Entry {}
  }

  /** One session's reading of a feed, while it is connected. */
  interface Membership {
    /** A membership that nobody counts. */
    Membership UNCOUNTED = seen -> {};

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
