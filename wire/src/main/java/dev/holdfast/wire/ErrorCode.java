package dev.holdfast.wire;

import java.util.Locale;

/** Why a command was refused, as error frames say it. */
public enum ErrorCode {
  /** The frame is not JSON, or not one JSON object. */
  BAD_JSON,
  /** A field is missing or wrong; the message says which and why. */
  BAD_REQUEST,
  /** No such type of frame. */
  UNKNOWN_TYPE,
  /** No valid credentials. */
  UNAUTHORIZED,
  /** Not within the rights of this principal. */
  FORBIDDEN,
  /** No such thing, or none that this principal may know of. */
  NOT_FOUND,
  /** It contradicts the present state. */
  CONFLICT,
  /** Larger than the limit that the message names. */
  TOO_LARGE,
  /** Too many in too short a time; {@code retry_after_ms} says when to try again. */
  RATE_LIMITED,
  /** No room at present; {@code retry_after_ms} says when to try again. */
  OVER_CAPACITY,
  /** A frame to a terminal's endpoint that is not as it has to be; nothing came of it. */
  VALIDATION("VALIDATION"),
  /** What the path names can't be an id. */
  INVALID_ID("INVALID_ID"),
  /** What the path names is over. */
  ALREADY_FINISHED("ALREADY_FINISHED"),
  /** There is no terminal yet, and none was to be opened. */
  NO_SESSION("NO_SESSION"),
  /** The folder to work in is not there. */
  WORKSPACE_NOT_FOUND("WORKSPACE_NOT_FOUND"),
  /** The program can't be started. */
  SESSION_ERROR("SESSION_ERROR"),
  /** What the path names is not there. */
  NO_SUCH("NOT_FOUND"),
  /** It took longer than its deadline. */
  TIMEOUT,
  /** What serves it is out of order at present. */
  UNAVAILABLE,
  /** What serves it failed. */
  UPSTREAM_ERROR,
  /** A fault of the gateway; the message holds an error id that its log has too. */
  INTERNAL;

  private final String text;

  ErrorCode() {
    text = name().toLowerCase(Locale.ROOT);
  }

  ErrorCode(String text) {
    this.text = text;
  }

  /** The code as the tools' own dialect has it. */
  String op() {
    return switch (this) {
      case BAD_JSON -> "PROTOCOL_ERROR";
      case UNAUTHORIZED, FORBIDDEN -> "UNAUTHORIZED";
      case NOT_FOUND, NO_SUCH, NO_SESSION -> "NOT_FOUND";
      case TOO_LARGE, VALIDATION -> "VALIDATION_ERROR";
      case RATE_LIMITED, OVER_CAPACITY -> "OVER_CAPACITY";
      case TIMEOUT -> "TIMEOUT";
      case UNAVAILABLE -> "SERVICE_UNAVAILABLE";
      case UPSTREAM_ERROR -> "PROVIDER_ERROR";
      case INTERNAL -> "INTERNAL_ERROR";
      case BAD_REQUEST,
          UNKNOWN_TYPE,
          CONFLICT,
          INVALID_ID,
          ALREADY_FINISHED,
          WORKSPACE_NOT_FOUND,
          SESSION_ERROR ->
          "INVALID_REQUEST";
    };
  }

  /** The code as frames carry it: in lower case, but for those of terminals' endpoints. */
  public String text() {
    return text;
  }
}
