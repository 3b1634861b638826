package dev.holdfast.server.config;

import dev.holdfast.kinds.tool.HttpProvider;
import dev.holdfast.kinds.tool.ProcessProvider;
import dev.holdfast.kinds.tool.Provider;
import dev.holdfast.kinds.tool.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A provider of tools as it is configured. Immutable; any thread. */
public record ProviderSpec(String id, ProviderSettings settings, Source source) {

  /**
   * An agent as a tool.
   *
   * @param action that it executes, with the arguments as parameters; null where it is prompted
   * @param prompt in which {@code {name}} stands for an argument; null where it executes an action
   */
  public record AgentRole(
      Provider.Described described,
      String agentId,
      @Nullable String action,
      @Nullable String prompt)
      implements Provider.Offered {}

  /** What serves them. */
  public sealed interface Source {

    /**
     * Programs.
     *
     * @param environment names of variables to pass on, or {@code NAME=value}
     */
    record Programs(
        List<ProcessProvider.Program> programs, @Nullable Path folder, List<String> environment)
        implements Source {}

    /**
     * Endpoints.
     *
     * @param headers values in which {@code $NAME} stands for a variable
     */
    record Endpoints(
        List<HttpProvider.Target> targets, Map<String, String> headers, Duration connectTimeout)
        implements Source {}

    /** Agents. */
    record AgentRoles(List<AgentRole> roles) implements Source {}

    /** Workers that connect. */
    record Remote() implements Source {}

    /** An MCP server that is a program. */
    record McpProgram(List<String> command, @Nullable Path folder, List<String> environment)
        implements Source {}

    /** An MCP server somewhere. */
    record McpUrl(String url, Map<String, String> headers, Duration connectTimeout)
        implements Source {}
  }
}
