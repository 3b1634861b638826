package dev.holdfast.session;

/** Why the server closes a connection: RFC 6455 codes, and its own from 4000 on. */
public final class CloseCode {

  /** The server goes away; come back after the advised time. */
  public static final int GOING_AWAY = 1001;

  /** No valid credentials, or none any more. Come back with a new token. */
  public static final int UNAUTHORIZED = 4001;

  /** What the path names can't be. Do not come back by yourself; so for the next two. */
  public static final int MALFORMED = 4000;

  /** An administrator ended the session, or the folder of a terminal is not there. */
  public static final int DISCONNECTED = 4003;

  /** What the path names is not there, or over. */
  public static final int NOT_THERE = 4004;

  /** The program of a terminal can't be started. Come back later. */
  public static final int NOT_STARTED = 4005;

  /** Tools: the first frame is not JSON. */
  public static final int INVALID_HELLO = 4000;

  /** Tools: the first frame is not hello. */
  public static final int MISSING_HELLO = 4001;

  /** Tools: no hello in time. */
  public static final int NO_HELLO = 4002;

  /** Tools: no valid credentials, or none any more. */
  public static final int NOT_KNOWN = 4003;

  /** Tools: a limit (RFC 6455, policy). */
  public static final int LIMITED = 1008;

  /** No pong in time, or idle for the time that the client named. Come back at once. */
  public static final int TIMED_OUT = 4008;

  /** A newer connection holds the session. Do not come back by yourself. */
  public static final int TAKEN_OVER = 4009;

  /** No room for another session or connection. Come back later. */
  public static final int OVER_CAPACITY = 4013;

  private CloseCode() {}
}
