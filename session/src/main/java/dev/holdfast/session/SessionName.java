package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * What a session is found by. Immutable; any thread.
 *
 * @param ip where its connection comes from; null while it has none
 */
public record SessionName(String sessionId, String userId, @Nullable String ip) {}
