package dev.holdfast.server.config;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.tool.HttpProvider;
import dev.holdfast.kinds.tool.ProcessProvider;
import dev.holdfast.kinds.tool.Provider;
import dev.holdfast.kinds.tool.ProviderSettings;
import dev.holdfast.kinds.tool.Traits;
import dev.holdfast.server.config.ProviderSpec.AgentRole;
import dev.holdfast.server.config.ProviderSpec.Source;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads the table of providers of tools. Any thread. */
final class ToolTables {

  static final String[] COLUMNS = {
    "id",
    "type",
    "prefix",
    "limit",
    "rate",
    "breaker_failures",
    "breaker_rest",
    "retries",
    "retry_delay",
    "command",
    "folder",
    "environment",
    "url",
    "headers",
    "connect_timeout",
    "tools"
  };

  /** The columns of a tool in such a row. */
  private static final Set<String> TOOL_COLUMNS =
      Set.of(
          "name",
          "description",
          "schema",
          "command",
          "agent",
          "action",
          "prompt",
          "method",
          "url",
          "idempotent",
          "coalesce",
          "cache",
          "shared",
          "timeout",
          "roles",
          "fallback");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ANY_OBJECT = "{\"type\":\"object\"}";

  private ToolTables() {}

  static List<ProviderSpec> providers(Values values, List<String> problems) {
    List<ProviderSpec> providers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Tables.each(
        Key.TOOLS_PROVIDERS,
        values,
        problems,
        row -> {
          ProviderSpec provider = provider(new Cells(row));
          if (!ids.add(provider.id())) {
            throw new IllegalArgumentException(
                "there is a provider '" + provider.id() + "' already");
          }
          providers.add(provider);
        });
    return providers;
  }

  private static ProviderSpec provider(Cells in) {
    String id = in.text("id");
    if (!FeedId.validName(id)) {
      throw new IllegalArgumentException("id has white space, or is too long");
    }
    List<Cells> tools = tools(in);
    Map<String, Traits> traits = new HashMap<>();
    for (Cells tool : tools) {
      traits.put(tool.text("name"), traits(tool));
    }
    ProviderSettings usual = ProviderSettings.USUAL;
    ProviderSettings settings =
        new ProviderSettings(
            in.whole("limit", usual.limit(), 1),
            in.whole("rate", usual.perSecond(), 0),
            in.whole("breaker_failures", usual.failures(), 1),
            in.duration("breaker_rest", usual.rest()),
            in.whole("retries", usual.retries(), 0),
            in.duration("retry_delay", usual.retryDelay()),
            in.text("prefix", usual.prefix()),
            traits);
    return new ProviderSpec(id, settings, source(in, tools));
  }

  private static Source source(Cells in, List<Cells> tools) {
    String type = in.text("type");
    String folder = in.textOrNull("folder");
    Path where = folder == null ? null : Path.of(folder);
    Duration connect = in.duration("connect_timeout", Duration.ofSeconds(5));
    return switch (type) {
      case "process" ->
          new Source.Programs(
              some(tools).stream()
                  .map(tool -> new ProcessProvider.Program(described(tool), words(tool)))
                  .toList(),
              where,
              in.texts("environment"));
      case "http" ->
          new Source.Endpoints(
              some(tools).stream()
                  .map(tool ->
                      new HttpProvider.Target(
                          described(tool), tool.text("method", "POST"), url(tool, true)))
                  .toList(),
              headers(in),
              connect);
      case "mcp" -> {
        if (in.has("command") == in.has("url")) {
          throw new IllegalArgumentException("an MCP server has either a command or a url");
        }
        yield in.has("url")
            ? new Source.McpUrl(url(in, false), headers(in), connect)
            : new Source.McpProgram(words(in), where, in.texts("environment"));
      }
      case "agent" -> new Source.AgentRoles(some(tools).stream().map(ToolTables::role).toList());
      case "remote" -> new Source.Remote();
      default ->
          throw new IllegalArgumentException("type is none of mcp, process, http, agent, remote");
    };
  }

  private static List<Cells> some(List<Cells> tools) {
    if (tools.isEmpty()) {
      throw new IllegalArgumentException("tools is missing");
    }
    return tools;
  }

  private static List<Cells> tools(Cells in) {
    List<Cells> tools = new ArrayList<>();
    if (!in.has("tools")) {
      return tools;
    }
    if (!(in.cell("tools") instanceof List<?> list)) {
      throw new IllegalArgumentException("tools is not a list of maps");
    }
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("tools is not a list of maps");
      }
      Map<String, Object> row = new LinkedHashMap<>();
      map.forEach((name, value) -> {
        if (!TOOL_COLUMNS.contains(String.valueOf(name))) {
          throw new IllegalArgumentException("tools: '" + name + "' is not known");
        }
        row.put(String.valueOf(name), value);
      });
      Cells tool = new Cells(row);
      if (!FeedId.validName(tool.text("name"))) {
        throw new IllegalArgumentException("tools: name has white space, or is too long");
      }
      tools.add(tool);
    }
    return tools;
  }

  private static Provider.Described described(Cells tool) {
    Object schema = tool.cellOrNull("schema");
    return new Provider.Described(
        tool.text("name"),
        tool.text("description", ""),
        schema == null ? ANY_OBJECT : JSON.writeValueAsString(schema),
        false);
  }

  private static Traits traits(Cells tool) {
    return new Traits(
        tool.has("idempotent") ? tool.flag("idempotent") : null,
        !tool.has("coalesce") || tool.flag("coalesce"),
        tool.has("cache") ? tool.duration("cache", Duration.ZERO) : null,
        tool.flag("shared"),
        tool.has("timeout") ? tool.duration("timeout", Duration.ZERO) : null,
        Set.copyOf(tool.texts("roles")),
        tool.textOrNull("fallback"));
  }

  private static AgentRole role(Cells tool) {
    if (tool.has("action") == tool.has("prompt")) {
      throw new IllegalArgumentException("tools: of an agent, either an action or a prompt");
    }
    return new AgentRole(
        described(tool), tool.text("agent"), tool.textOrNull("action"), tool.textOrNull("prompt"));
  }

  private static List<String> words(Cells in) {
    if (!(in.cell("command") instanceof List<?> words) || words.isEmpty()) {
      throw new IllegalArgumentException("command is not a list: the program and its arguments");
    }
    return Form.texts(words);
  }

  private static String url(Cells in, boolean holes) {
    String url = in.text("url");
    try {
      URI uri = new URI(holes ? url.replaceAll("\\{[A-Za-z0-9_]+}", "x") : url);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return url;
      }
    } catch (URISyntaxException _) {
      // Told below.
    }
    throw new IllegalArgumentException("url is not an http or https URL");
  }

  private static Map<String, String> headers(Cells in) {
    Map<String, String> headers = new LinkedHashMap<>();
    @Nullable Object cell = in.cellOrNull("headers");
    if (cell instanceof Map<?, ?> given) {
      given.forEach((name, value) -> headers.put(String.valueOf(name), Form.scalar(value)));
    } else if (cell != null) {
      throw new IllegalArgumentException("headers is not a map");
    }
    return headers;
  }
}
