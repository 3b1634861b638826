package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Retention;
import java.time.Duration;

/**
 * How runs are kept within bounds. Immutable; any thread.
 *
 * @param maxRuns at once
 * @param maxRunsPerUser at once
 * @param maxText characters of an answer
 * @param kept of a run's events
 * @param keptFor how long a run that has ended can still be read
 * @param heartbeat after how long a silence a run gives a sign of life
 */
public record AgentSettings(
    int maxRuns,
    int maxRunsPerUser,
    int maxText,
    Retention kept,
    Duration keptFor,
    Duration heartbeat) {}
