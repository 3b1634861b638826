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
  /** It took longer than its deadline. */
  TIMEOUT,
  /** What serves it is out of order at present. */
  UNAVAILABLE,
  /** What serves it failed. */
  UPSTREAM_ERROR,
  /** A fault of the gateway; the message holds an error id that its log has too. */
  INTERNAL;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The code as frames carry it, in lower case. */
  public String text() {
    return text;
  }
}
