package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Position;

/** What came of publishing. Immutable; any thread. */
public sealed interface Outcome {

  /**
   * It is in the channel.
   *
   * @param duplicate whether it was there before, under the same key
   */
  record Done(Position position, boolean duplicate) implements Outcome {}

  /** It is not. */
  record Refused(Door.Why why, String message) implements Outcome {}
}
