package dev.holdfast.kinds.agent;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the runs that work now: in all, of each user and of each agent. Any thread. */
final class Quotas {

  private final AgentSettings settings;
  private final Map<String, Integer> byUser = new HashMap<>();
  private final Map<String, Integer> byAgent = new HashMap<>();
  private int active;
  private boolean closed;

  Quotas(AgentSettings settings) {
    this.settings = settings;
  }

  /** Lets a run in; or says what is full. */
  synchronized @Nullable String enter(String user, Offer offer) {
    if (closed) {
      return "the gateway is stopping";
    }
    if (active >= settings.maxRuns()) {
      return "too many runs at once";
    }
    if (byUser.getOrDefault(user, 0) >= settings.maxRunsPerUser()) {
      return "you have too many runs at once: at most " + settings.maxRunsPerUser();
    }
    if (byAgent.getOrDefault(offer.id(), 0) >= offer.maxRuns()) {
      return "the agent has too many runs at once: at most " + offer.maxRuns();
    }
    active++;
    byUser.merge(user, 1, Integer::sum);
    byAgent.merge(offer.id(), 1, Integer::sum);
    return null;
  }

  synchronized void leave(String user, String agentId) {
    active--;
    byUser.computeIfPresent(user, (name, mine) -> mine == 1 ? null : mine - 1);
    byAgent.computeIfPresent(agentId, (name, its) -> its == 1 ? null : its - 1);
  }

  synchronized int active() {
    return active;
  }

  synchronized void close() {
    closed = true;
  }
}
