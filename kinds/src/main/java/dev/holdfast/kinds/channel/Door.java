package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Position;

/** Whether somebody may read a feed, and the feed. Immutable; any thread. */
public sealed interface Door {

  /** It may. */
  record Granted(Feed feed, Subscription subscription) implements Door {}

  /** It may not. */
  record Refused(Why why, String message) implements Door {}

  /** Why somebody is refused. */
  enum Why {
    FORBIDDEN,
    NOT_FOUND,
    FULL
  }

  /** Being counted as a reader. Any thread. */
  interface Subscription {
    /** For those who are not counted. */
    Subscription UNCOUNTED = seen -> {};

    /** Is counted no more; a second time does nothing. */
    void leave(Position seen);
  }
}
