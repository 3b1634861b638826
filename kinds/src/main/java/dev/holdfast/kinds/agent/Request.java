package dev.holdfast.kinds.agent;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants an agent to do: answer a prompt, or execute an action. Immutable; any thread.
 *
 * @param params one JSON value; null for none
 */
public record Request(
    String user,
    Set<String> roles,
    boolean admin,
    String agentId,
    @Nullable String prompt,
    @Nullable String action,
    @Nullable String params,
    Terms terms) {}
