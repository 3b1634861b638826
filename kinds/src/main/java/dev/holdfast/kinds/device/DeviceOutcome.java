package dev.holdfast.kinds.device;

/** What came of something that was asked of devices. Immutable; any thread. */
public sealed interface DeviceOutcome {

  /** It was done. */
  record Done() implements DeviceOutcome {}

  /** A device is registered. */
  record Registered(Link link) implements DeviceOutcome {}

  /**
   * A command was taken.
   *
   * @param deadlineMillis when it ends at the latest, in milliseconds since 1970 UTC
   * @param waits whether the device is away
   */
  record Taken(String commandId, long deadlineMillis, boolean waits) implements DeviceOutcome {}

  /**
   * It was not done.
   *
   * @param retryAfterMillis -1 where that would not help
   */
  record Refused(Why why, String message, long retryAfterMillis) implements DeviceOutcome {}

  /** Why not. */
  enum Why {
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    RATE_LIMITED,
    OVER_CAPACITY
  }

  /** Done, and no more to say. */
  DeviceOutcome DONE = new Done();

  /** A refusal that asking again would not help. */
  static DeviceOutcome refused(Why why, String message) {
    return new Refused(why, message, -1);
  }
}
