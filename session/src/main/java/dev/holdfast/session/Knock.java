package dev.holdfast.session;

/** The answer to a client that asks for a handshake. Immutable; any thread. */
public sealed interface Knock {

  /** It may come in, with that ticket. */
  record Welcome(Ticket ticket) implements Knock {}

  /**
   * It may not.
   *
   * @param status the HTTP status: 429 for what its address or user did, 503 for what the server
   *     lacks
   * @param retryAfterSeconds at least 1
   */
  record Refused(int status, long retryAfterSeconds, String message) implements Knock {}
}
