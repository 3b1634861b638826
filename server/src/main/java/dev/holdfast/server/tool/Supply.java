package dev.holdfast.server.tool;

import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.tool.BuiltIn;
import dev.holdfast.kinds.tool.HttpProvider;
import dev.holdfast.kinds.tool.ProcessProvider;
import dev.holdfast.kinds.tool.Provider;
import dev.holdfast.kinds.tool.ProviderSettings;
import dev.holdfast.kinds.tool.Sleeper;
import dev.holdfast.kinds.tool.ToolWorkers;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.kinds.tool.mcp.McpProvider;
import dev.holdfast.server.config.Environment;
import dev.holdfast.server.config.ProviderSpec;
import dev.holdfast.server.config.ProviderSpec.AgentRole;
import dev.holdfast.server.config.ProviderSpec.Source;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes providers of what is configured. One thread. */
public final class Supply {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)}?");

  private final Tools tools;
  private final ToolWorkers workers;
  private final Agents agents;
  private final Map<String, String> environment;

  public Supply(Tools tools, ToolWorkers workers, Agents agents, Map<String, String> environment) {
    this.tools = tools;
    this.workers = workers;
    this.agents = agents;
    this.environment = environment;
  }

  /** Has all that is configured serve tools, and what the gateway has itself. */
  public void add(List<ProviderSpec> specs, ToolJson json, boolean dev) {
    tools.add(new BuiltIn(json::health, dev), ProviderSettings.USUAL);
    if (dev) {
      tools.add(new Sleeper(), ProviderSettings.USUAL);
    }
    if (specs.stream().noneMatch(spec -> spec.id().equals(ToolWorkers.USUAL))) {
      tools.add(workers.provider(ToolWorkers.USUAL), ProviderSettings.USUAL);
    }
    for (ProviderSpec spec : specs) {
      tools.add(provider(spec.id(), spec.source()), spec.settings());
    }
  }

  private Provider provider(String id, Source source) {
    return switch (source) {
      case Source.Programs programs ->
          new ProcessProvider(
              id,
              programs.programs(),
              programs.folder(),
              Environment.passed(programs.environment(), environment));
      case Source.Endpoints(List<HttpProvider.Target> targets, var headers, Duration connect) ->
          new HttpProvider(id, targets, filled(headers), connect);
      case Source.AgentRoles(List<AgentRole> roles) -> new AgentProvider(id, roles, agents);
      case Source.Remote() -> workers.provider(id);
      case Source.McpProgram program ->
          McpProvider.ofProgram(
              id,
              program.command(),
              program.folder(),
              Environment.passed(program.environment(), environment),
              tools::changed);
      case Source.McpUrl(String url, var headers, Duration connect) ->
          McpProvider.ofUrl(id, url, filled(headers), connect, tools::changed);
    };
  }

  /** Puts variables where their names stand. */
  private Map<String, String> filled(Map<String, String> headers) {
    Map<String, String> filled = new HashMap<>();
    headers.forEach((name, value) ->
        filled.put(
            name,
            VARIABLE
                .matcher(value)
                .replaceAll(found ->
                    Matcher.quoteReplacement(environment.getOrDefault(found.group(1), "")))));
    return filled;
  }
}
