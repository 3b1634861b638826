package dev.holdfast.server.config;

import dev.holdfast.kinds.agent.AgentSettings;
import java.util.List;

/** All that is configured of agents. Immutable; any thread. */
public record AgentConfig(AgentSettings settings, List<AgentSpec> agents) {

  public AgentConfig {
    agents = List.copyOf(agents);
  }
}
