package dev.holdfast.kinds.agent;

/** What came of a command. Immutable; any thread. */
public sealed interface Outcome {

  /** It was obeyed. */
  record Done(Run run) implements Outcome {}

  /**
   * It was not.
   *
   * @param retryAfterMillis -1 where that would not help
   */
  record Refused(Why why, String message, long retryAfterMillis) implements Outcome {}

  /** Why not. */
  enum Why {
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    OVER_CAPACITY
  }

  /** A refusal that asking again would not help. */
  static Outcome refused(Why why, String message) {
    return new Refused(why, message, -1);
  }
}
