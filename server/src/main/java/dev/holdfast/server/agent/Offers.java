package dev.holdfast.server.agent;

import dev.holdfast.kinds.agent.Agent;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.EchoAgent;
import dev.holdfast.kinds.agent.Offer;
import dev.holdfast.kinds.agent.ProcessAgent;
import dev.holdfast.kinds.agent.model.ActionTool;
import dev.holdfast.kinds.agent.model.Conversations;
import dev.holdfast.kinds.agent.model.ModelAgent;
import dev.holdfast.kinds.agent.model.ModelProvider;
import dev.holdfast.kinds.agent.model.ModelSettings;
import dev.holdfast.kinds.agent.model.Tool;
import dev.holdfast.server.config.AgentSpec;
import dev.holdfast.server.config.AgentSpec.Work;
import dev.holdfast.server.config.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes agents of what is configured. One thread. */
public final class Offers {

  private final Agents agents;
  private final Conversations conversations;
  private final Map<String, String> environment;

  public Offers(Agents agents, Conversations conversations, Map<String, String> environment) {
    this.agents = agents;
    this.conversations = conversations;
    this.environment = environment;
  }

  /** Offers all that is configured, and in development something to try that needs nothing. */
  public void offer(List<AgentSpec> specs, boolean dev) {
    for (AgentSpec spec : specs) {
      agents.offer(
          new Offer(
              spec.id(),
              spec.description(),
              spec.actions(),
              spec.prompts(),
              spec.roles(),
              spec.maxRuns(),
              spec.deadline(),
              agent(spec.work())));
    }
    if (dev) {
      agents.offer(EchoAgent.offer("echo", Duration.ofMillis(2)));
      agents.offer(EchoAgent.offer("test-agent", Duration.ofMillis(10)));
    }
  }

  private Agent agent(Work work) {
    return switch (work) {
      case Work.Echo(Duration pause) -> new EchoAgent(pause);
      case Work.Program program ->
          new ProcessAgent(
              program.command(),
              program.talk(),
              program.folder(),
              Environment.passed(program.environment(), environment));
      case Work.Model model -> model(model);
    };
  }

  private Agent model(Work.Model work) {
    ModelSettings settings = work.settings().withKey(key(work.keyVariable()));
    List<Tool> tools =
        work.tools().stream()
            .map(tool ->
                new Tool(
                    tool.name(),
                    tool.description(),
                    tool.parameters(),
                    new ActionTool(agents, tool.agentId(), tool.action())))
            .toList();
    ModelProvider provider = Objects.requireNonNull(ModelProvider.named(settings.provider()));
    return new ModelAgent(settings, provider, conversations, tools);
  }

  private @Nullable String key(@Nullable String variable) {
    return variable == null ? null : environment.get(variable);
  }
}
