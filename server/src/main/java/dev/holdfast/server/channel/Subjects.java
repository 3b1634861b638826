package dev.holdfast.server.channel;

import dev.holdfast.kinds.channel.Door;
import dev.holdfast.kinds.channel.Subject;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;

/** Principals as the channel kind sees them. Any thread. */
public final class Subjects {

  private Subjects() {}

  public static Subject of(Principal principal) {
    return new Subject(
        principal.userId(),
        principal.teams(),
        principal.workspace(),
        principal.channels(),
        principal.publish(),
        principal.admin());
  }

  /** How the wire names a refusal. */
  public static ErrorCode code(Door.Why why) {
    return switch (why) {
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case FULL -> ErrorCode.OVER_CAPACITY;
    };
  }
}
