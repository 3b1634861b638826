package dev.holdfast.session;

import java.util.function.Consumer;

/** Tells who a token speaks for. */
@FunctionalInterface
public interface Authenticator {

  /**
   * Checks a token and passes the verdict on, at once or later, on any thread. Never throws for
   * what a client sent, and never blocks the caller.
   */
  void authenticate(String token, Consumer<Verdict> then);

  /** What a token is worth. */
  sealed interface Verdict {

    /** It is valid and speaks for that principal. */
    record Valid(Principal principal) implements Verdict {}

    /** It is worth nothing. */
    record Refused(Reason reason) implements Verdict {}
  }

  /** Why a token is worth nothing. */
  enum Reason {
    INVALID,
    EXPIRED,
    REVOKED
  }
}
