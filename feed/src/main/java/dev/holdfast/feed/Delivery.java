package dev.holdfast.feed;

/** What a reader is given when it polls. Immutable; any thread. */
public sealed interface Delivery permits Event, Delivery.Snapshot, Delivery.Gap, Delivery.Mark {

  /**
   * The state of a feed as of an offset, in place of the events up to there.
   *
   * @param offset the last event the state includes
   */
  record Snapshot(long offset, Payload state) implements Delivery {}

  /**
   * Events that this reader will never see.
   *
   * @param from the first offset lost
   * @param to the last offset lost, at least {@code from}
   */
  record Gap(long from, long to, Reason reason) implements Delivery {

    /** Why events were lost to a reader. */
    public enum Reason {
      /** They were trimmed although the reader read all it could each time it was woken. */
      RETENTION,
      /** They were trimmed while the reader had no room for them. */
      SLOW
    }
  }

  /** Where a poll ended, when it did not end for lack of budget. */
  enum Mark implements Delivery {
    /** Nothing more can be read now; a watcher's signal says when that changes. */
    CAUGHT_UP,
    /** The feed has ended and its last event has been delivered. */
    END
  }
}
