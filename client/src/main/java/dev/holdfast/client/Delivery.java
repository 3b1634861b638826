package dev.holdfast.client;

/** What a feed gives to its reader, in order. Immutable; any thread. */
public sealed interface Delivery {

  /** The feed, for example {@code channel:lobby}. */
  String feed();

  /** The place after this: whoever attaches from it goes on with what follows. */
  String position();

  /** An event, given once. */
  record Event(String feed, String position, Frame frame) implements Delivery {
    /** What sort of event it is. */
    public String type() {
      return frame.type();
    }
  }

  /**
   * The state of the feed as of its position, in place of events that are not there any more.
   *
   * @param frame its fields {@code state} and {@code position}
   */
  record Snapshot(String feed, String position, Frame frame) implements Delivery {}

  /**
   * Events that this reader will never see: those after one place, up to another.
   *
   * @param after the place before the first of them; empty where it was in another life of the feed
   *     that was never seen
   * @param reason {@code slow}, {@code retention}, or {@code unrecovered} after a reconnect
   */
  record Gap(String feed, String position, String after, String reason) implements Delivery {}
}
