package dev.holdfast.kinds.tool;

import org.jspecify.annotations.Nullable;

/** A call that failed, as its caller is told. */
public final class ToolException extends Exception {

  private final ToolError error;
  private final @Nullable String details;
  private final long retryAfterMillis;
  private final boolean passing;

  /**
   * @param message for clients: nothing that is not theirs to know
   * @param details one JSON value; null for none
   * @param passing whether the same call might go well a little later
   */
  public ToolException(ToolError error, String message, @Nullable String details, boolean passing) {
    this(error, message, details, -1, passing);
  }

  ToolException(
      ToolError error,
      String message,
      @Nullable String details,
      long retryAfterMillis,
      boolean passing) {
    super(message, null, false, false);
    this.error = error;
    this.details = details;
    this.retryAfterMillis = retryAfterMillis;
    this.passing = passing;
  }

  /** What was asked for can't be done; the same will not go better later. */
  static ToolException refused(ToolError error, String message) {
    return new ToolException(error, message, null, false);
  }

  /** What serves the tool can't be reached, or broke off; another try may go well. */
  public static ToolException provider(String message) {
    return new ToolException(ToolError.PROVIDER_ERROR, message, null, true);
  }

  /** The tool itself says that it failed. */
  public static ToolException execution(String message) {
    return refused(ToolError.TOOL_EXECUTION_ERROR, message);
  }

  public ToolError error() {
    return error;
  }

  Ending.Failed ending() {
    return new Ending.Failed(error, String.valueOf(getMessage()), details, retryAfterMillis);
  }

  /** Whether the same call might go well a little later. */
  boolean passing() {
    return passing;
  }

  /** Whether what serves the tool is to blame. */
  boolean providers() {
    return error == ToolError.PROVIDER_ERROR || error == ToolError.TIMEOUT;
  }
}
