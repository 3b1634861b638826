package dev.holdfast.kinds.tool;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A wish to have a tool called. Immutable; any thread.
 *
 * @param session by which the call can be found again with its request id
 * @param ip null where it is not known
 * @param requestId null for one of the gateway's making
 * @param arguments a JSON object in UTF-8, handed over; null for an empty one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ToolRequest(
    String user,
    Set<String> roles,
    boolean admin,
    String session,
    @Nullable String ip,
    @Nullable String requestId,
    String tool,
    byte @Nullable [] arguments) {}
