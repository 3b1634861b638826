package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * How a connection of a session came to its end. Immutable; any thread.
 *
 * @param code with which the gateway closed it; null where the client or its network did
 * @param reason in a few words
 * @param atMillis in milliseconds since 1970 UTC
 */
public record Parting(
    String sessionId,
    String userId,
    String ip,
    @Nullable Integer code,
    String reason,
    long atMillis) {}
