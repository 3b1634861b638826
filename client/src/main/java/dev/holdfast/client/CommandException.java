package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/** A command was not obeyed, or nobody knows whether it was. Immutable; any thread. */
public final class CommandException extends RuntimeException {

  /** The code of a command of which nobody knows whether it was obeyed. */
  public static final String UNKNOWN_OUTCOME = "unknown_outcome";

  /** The code of a command that was given up because the client was closed. */
  public static final String CLOSED = "closed";

  private static final long serialVersionUID = 1L;

  private final String code;
  private final long retryAfterMillis;

  CommandException(String code, String message, long retryAfterMillis) {
    super(code + ": " + message);
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }

  static CommandException of(Frame error) {
    @Nullable String code = error.text("code");
    @Nullable String message = error.text("message");
    return new CommandException(
        code == null ? "internal" : code,
        message == null ? error.json() : message,
        error.number("retry_after_ms", -1));
  }

  /** The error code of the protocol, or one of the two above. */
  public String code() {
    return code;
  }

  /** After how many milliseconds to try again; -1 where the gateway did not say. */
  public long retryAfterMillis() {
    return retryAfterMillis;
  }
}
