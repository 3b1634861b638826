package dev.holdfast.server.config;

import dev.holdfast.kinds.agent.ProcessAgent;
import dev.holdfast.kinds.agent.model.ModelSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent as it is configured. Immutable; any thread.
 *
 * @param roles who may run it; empty for everybody
 * @param deadline null for none
 */
public record AgentSpec(
    String id,
    String description,
    List<String> actions,
    boolean prompts,
    Set<String> roles,
    int maxRuns,
    @Nullable Duration deadline,
    Work work) {

  /** What does its work. */
  public sealed interface Work {

    /** It says the prompt again. */
    record Echo(Duration pause) implements Work {}

    /**
     * A program.
     *
     * @param environment names of variables to pass on, or {@code NAME=value}
     */
    record Program(
        List<String> command,
        ProcessAgent.Talk talk,
        @Nullable Path folder,
        List<String> environment)
        implements Work {}

    /**
     * A chat model.
     *
     * @param keyVariable the environment variable that holds its key; null for none
     */
    record Model(ModelSettings settings, @Nullable String keyVariable, List<ToolSpec> tools)
        implements Work {}
  }

  /**
   * An action of another agent that a model may call.
   *
   * @param parameters by name, what each is
   */
  public record ToolSpec(
      String name,
      String agentId,
      String action,
      String description,
      Map<String, String> parameters) {}
}
