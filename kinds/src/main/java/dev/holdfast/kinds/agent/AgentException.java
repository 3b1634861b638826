package dev.holdfast.kinds.agent;

/** A run failed in a way that its user is told. */
public final class AgentException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean retryable;

  /**
   * @param code an error code of the protocol, such as {@code upstream_error}
   * @param retryable whether the same run may succeed if it is started again
   */
  public AgentException(String code, String message, boolean retryable) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }

  public String code() {
    return code;
  }

  public boolean retryable() {
    return retryable;
  }
}
