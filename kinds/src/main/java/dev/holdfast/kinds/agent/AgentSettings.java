package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Retention;
import java.time.Duration;

/**
 * How runs are kept within bounds. Immutable; any thread.
 *
 * @param maxRuns at once
 * @param maxRunsPerUser at once
 * @param kept of a run's events
 * @param keptFor how long a run that has ended can still be read
 */
public record AgentSettings(int maxRuns, int maxRunsPerUser, Retention kept, Duration keptFor) {

  /** A thousand runs, twenty for each user, readable for ten minutes after their end. */
  public static final AgentSettings DEFAULTS =
      new AgentSettings(
          1_000, 20, new Retention(50_000, 8L << 20, Duration.ofHours(1)), Duration.ofMinutes(10));
}
