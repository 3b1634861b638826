package dev.holdfast.kinds.agent;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent as users find it. Immutable; any thread.
 *
 * @param actions what it can be asked to execute; empty where it takes prompts alone
 * @param prompts whether it takes prompts
 * @param roles who may run it: those with one of these; empty for everybody
 * @param maxRuns at once
 * @param deadline for runs whose users name none; null for none
 */
public record Offer(
    String id,
    String description,
    List<String> actions,
    boolean prompts,
    Set<String> roles,
    int maxRuns,
    @Nullable Duration deadline,
    Agent agent) {

  public Offer {
    actions = List.copyOf(actions);
    roles = Set.copyOf(roles);
  }
}
