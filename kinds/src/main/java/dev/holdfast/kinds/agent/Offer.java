package dev.holdfast.kinds.agent;

import java.util.List;
import java.util.Set;

/**
 * An agent as users find it. Immutable; any thread.
 *
 * @param actions what it can be asked to execute; empty where it takes prompts alone
 * @param prompts whether it takes prompts
 * @param roles who may run it: those with one of these; empty for everybody
 */
public record Offer(
    String id,
    String description,
    List<String> actions,
    boolean prompts,
    Set<String> roles,
    Agent agent) {

  public Offer {
    actions = List.copyOf(actions);
    roles = Set.copyOf(roles);
  }
}
