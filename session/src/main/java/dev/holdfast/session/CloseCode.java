package dev.holdfast.session;

/** Why the server closes a connection: RFC 6455 codes, and its own from 4000 on. */
public final class CloseCode {

  /** The server goes away; come back after the advised time. */
  public static final int GOING_AWAY = 1001;

  /** No valid credentials, or none any more. Come back with a new token. */
  public static final int UNAUTHORIZED = 4001;

  /** An administrator ended the session. */
  public static final int DISCONNECTED = 4003;

  /** No pong in time, or idle for the time that the client named. Come back at once. */
  public static final int TIMED_OUT = 4008;

  /** A newer connection holds the session. Do not come back by yourself. */
  public static final int TAKEN_OVER = 4009;

  /** No room for another session or connection. Come back later. */
  public static final int OVER_CAPACITY = 4013;

  private CloseCode() {}
}
