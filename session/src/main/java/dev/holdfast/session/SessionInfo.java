package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * What an operator may know of a session. Immutable; any thread.
 *
 * @param ip where its connection comes from; null while it has none
 * @param createdMillis in milliseconds since 1970 UTC
 * @param feeds how many it reads
 */
public record SessionInfo(
    String sessionId,
    String userId,
    boolean connected,
    @Nullable String ip,
    long createdMillis,
    int feeds) {}
