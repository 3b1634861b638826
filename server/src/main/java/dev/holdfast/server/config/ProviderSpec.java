package dev.holdfast.server.config;

import dev.holdfast.kinds.tool.HttpProvider;
import dev.holdfast.kinds.tool.ProcessProvider;
import dev.holdfast.kinds.tool.ProviderSettings;
import dev.holdfast.server.tool.AgentProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A provider of tools as it is configured. Immutable; any thread. */
public record ProviderSpec(String id, ProviderSettings settings, Source source) {

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
    record AgentRoles(List<AgentProvider.Role> roles) implements Source {}

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
