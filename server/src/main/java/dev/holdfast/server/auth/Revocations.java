package dev.holdfast.server.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * The ids of revoked tokens, bounded in number, each kept until its token has expired. Any thread.
 */
public final class Revocations {

  /** The most tokens that can be revoked at once. */
  public static final int MOST = 100_000;

  private static final Duration MOST_SKEW = Duration.ofSeconds(60);

  private final Map<String, Instant> until = new HashMap<>();
  private final InstantSource clock;
  private final int most;

  public Revocations(InstantSource clock, int most) {
    this.clock = clock;
    this.most = most;
  }

  /**
   * Revokes a token.
   *
   * @param expiresAt when it ends by itself; {@link Instant#MAX} when nobody knows
   * @return false when there are too many already
   */
  public synchronized boolean revoke(String tokenId, Instant expiresAt) {
    if (until.size() >= most && !until.containsKey(tokenId)) {
      // Where clocks may differ, a token is good for a little longer than it says.
      Instant past = clock.instant().minus(MOST_SKEW);
      until.values().removeIf(end -> end.isBefore(past));
      if (until.size() >= most) {
        return false;
      }
    }
    until.merge(tokenId, expiresAt, (one, other) -> one.isAfter(other) ? one : other);
    return true;
  }

  public synchronized boolean revoked(String tokenId) {
    return until.containsKey(tokenId);
  }
}
