package dev.holdfast.kinds.tool;

import org.jspecify.annotations.Nullable;

/** What came of the wish to have a tool called. Immutable; any thread. */
public sealed interface Answer {

  /**
   * It is called, or was.
   *
   * @param again whether the session had called it with that request id before
   */
  record Called(Call call, boolean again) implements Answer {}

  /**
   * It is not.
   *
   * @param details one JSON value; null for none
   * @param retryAfterMillis less than 0 for nothing known
   */
  record Refused(
      @Nullable String requestId,
      ToolError error,
      String message,
      @Nullable String details,
      long retryAfterMillis)
      implements Answer {}
}
