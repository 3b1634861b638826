package dev.holdfast.server.config;

import java.time.Duration;

/**
 * All that is configured of workers. Immutable; any thread.
 *
 * @param lease how long one may be away
 * @param patience how long work waits for one
 */
public record WorkerConfig(Duration lease, Duration patience) {}
