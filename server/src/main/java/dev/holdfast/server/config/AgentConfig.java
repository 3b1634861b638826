package dev.holdfast.server.config;

import dev.holdfast.kinds.agent.AgentSettings;
import java.time.Duration;
import java.util.List;

/**
 * All that is configured of agents. Immutable; any thread.
 *
 * @param workerLease how long a worker may be away
 * @param workerPatience how long a run waits for a worker
 */
public record AgentConfig(
    AgentSettings settings, Duration workerLease, Duration workerPatience, List<AgentSpec> agents) {

  public AgentConfig {
    agents = List.copyOf(agents);
  }
}
