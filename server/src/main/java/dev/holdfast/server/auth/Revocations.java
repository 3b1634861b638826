package dev.holdfast.server.auth;

import dev.holdfast.kinds.common.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The ids of revoked tokens, bounded in number, each kept until its token has expired: in a
 * database of SQLite where there is a file for it, else in memory. Any thread; what revokes waits
 * for the disk.
 */
public final class Revocations implements AutoCloseable {

  /** The most tokens that can be revoked at once. */
  public static final int MOST = 100_000;

  private static final Duration MOST_SKEW = Duration.ofSeconds(60);

  private final ConcurrentMap<String, Instant> until = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final int most;
  private final @Nullable Database database;

  /** Kept in memory. */
  public Revocations(InstantSource clock, int most) {
    this.clock = clock;
    this.most = most;
    this.database = null;
  }

  /**
   * Kept in a file.
   *
   * @throws IOException when they can't be kept there
   */
  public Revocations(Path file, InstantSource clock, int most) throws IOException {
    this.clock = clock;
    this.most = most;
    Database kept =
        new Database(
            "revoked tokens",
            file,
            """
            CREATE TABLE IF NOT EXISTS revocation (
              token TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT\
            """);
    kept.read(
        "SELECT token, until FROM revocation",
        row -> until.put(row.getString("token"), instant(row.getLong("until"))));
    database = kept;
  }

  private static Instant instant(long second) {
    return second == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochSecond(second);
  }

  private static long second(Instant instant) {
    return instant.equals(Instant.MAX) ? Long.MAX_VALUE : instant.getEpochSecond() + 1;
  }

  /**
   * Revokes a token, at once; it stays so across restarts once this returns.
   *
   * @param expiresAt when it ends by itself; {@link Instant#MAX} when nobody knows
   * @return false when there are too many already
   */
  public synchronized boolean revoke(String tokenId, Instant expiresAt) {
    if (until.size() >= most && !until.containsKey(tokenId)) {
      sweep();
      if (until.size() >= most) {
        return false;
      }
    }
    Instant end = until.merge(tokenId, expiresAt, (one, other) -> one.isAfter(other) ? one : other);
    if (database != null) {
      database.run("INSERT OR REPLACE INTO revocation VALUES (?, ?)", tokenId, second(end));
    }
    return true;
  }

  private void sweep() {
    // Where clocks may differ, a token is good for a little longer than it says.
    Instant past = clock.instant().minus(MOST_SKEW);
    until.values().removeIf(end -> end.isBefore(past));
    if (database != null) {
      database.run("DELETE FROM revocation WHERE until < ?", past.getEpochSecond());
    }
  }

  public boolean revoked(String tokenId) {
    return until.containsKey(tokenId);
  }

  @Override
  public synchronized void close() {
    if (database != null) {
      database.close();
    }
  }
}
