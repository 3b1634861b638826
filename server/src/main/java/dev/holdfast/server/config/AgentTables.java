package dev.holdfast.server.config;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.EchoAgent;
import dev.holdfast.kinds.agent.ProcessAgent;
import dev.holdfast.kinds.agent.model.ModelProvider;
import dev.holdfast.kinds.agent.model.ModelSettings;
import dev.holdfast.server.config.AgentSpec.ToolSpec;
import dev.holdfast.server.config.AgentSpec.Work;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads the table of agents. Any thread. */
final class AgentTables {

  static final String[] COLUMNS = {
    "id",
    "type",
    "description",
    "roles",
    "actions",
    "max_runs",
    "deadline",
    "pause",
    "command",
    "talk",
    "folder",
    "environment",
    "provider",
    "url",
    "model",
    "api_key_env",
    "system",
    "temperature",
    "max_tokens",
    "memory",
    "schema",
    "connect_timeout",
    "idle_timeout",
    "retries",
    "retry_delay",
    "tools",
    "approve_tools"
  };

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MEMORY = 50;
  private static final int RETRIES = 2;
  private static final int MODEL_RUNS = 100;
  private static final int PROGRAM_RUNS = 16;

  private AgentTables() {}

  static List<AgentSpec> agents(Values values, List<String> problems) {
    List<AgentSpec> agents = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Tables.each(
        Key.AGENTS_LIST,
        values,
        problems,
        row -> {
          AgentSpec agent = agent(new Cells(row));
          if (!ids.add(agent.id())) {
            throw new IllegalArgumentException("there is an agent '" + agent.id() + "' already");
          }
          agents.add(agent);
        });
    return agents;
  }

  private static AgentSpec agent(Cells in) {
    String id = in.text("id");
    if (!FeedId.validName(id)) {
      throw new IllegalArgumentException("id has white space, or is too long");
    }
    String type = in.text("type");
    return switch (type) {
      case "echo" -> {
        Duration pause = in.duration("pause", Duration.ofMillis(2));
        yield spec(in, id, EchoAgent.ACTIONS, Integer.MAX_VALUE, new Work.Echo(pause));
      }
      case "process" -> {
        List<String> actions = in.texts("actions");
        yield spec(in, id, actions, PROGRAM_RUNS, program(in));
      }
      case "model" -> spec(in, id, List.of(), MODEL_RUNS, model(in));
      default -> throw new IllegalArgumentException("type is none of echo, process, model");
    };
  }

  private static Work program(Cells in) {
    if (!(in.cell("command") instanceof List<?> words) || words.isEmpty()) {
      throw new IllegalArgumentException("command is not a list: the program and its arguments");
    }
    String folder = in.textOrNull("folder");
    return new Work.Program(
        Form.texts(words),
        in.choice("talk", ProcessAgent.Talk.class, ProcessAgent.Talk.TEXT),
        folder == null ? null : Path.of(folder),
        in.texts("environment"));
  }

  private static Work model(Cells in) {
    String provider = in.text("provider", "openai");
    if (ModelProvider.named(provider) == null) {
      throw new IllegalArgumentException("provider '" + provider + "' is not known");
    }
    String url = in.textOrNull("url");
    if (url != null && !isUrl(url)) {
      throw new IllegalArgumentException("url is not an http or https URL");
    }
    Object schema = in.cellOrNull("schema");
    ModelSettings settings =
        new ModelSettings(
            provider,
            url,
            in.text("model"),
            null,
            in.textOrNull("system"),
            in.textOrNull("temperature") == null ? null : Double.valueOf(in.text("temperature")),
            in.textOrNull("max_tokens") == null ? null : Integer.valueOf(in.text("max_tokens")),
            in.whole("memory", MEMORY, 2),
            schema == null ? null : JSON.writeValueAsString(schema),
            in.duration("connect_timeout", Duration.ofSeconds(5)),
            in.duration("idle_timeout", Duration.ofSeconds(60)),
            in.whole("retries", RETRIES, 0),
            in.duration("retry_delay", Duration.ofMillis(500)),
            in.flag("approve_tools"));
    return new Work.Model(settings, in.textOrNull("api_key_env"), tools(in.cellOrNull("tools")));
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() != null && List.of("http", "https").contains(uri.getScheme());
    } catch (URISyntaxException _) {
      return false;
    }
  }

  private static List<ToolSpec> tools(@Nullable Object cell) {
    List<ToolSpec> tools = new ArrayList<>();
    if (cell == null) {
      return tools;
    }
    if (!(cell instanceof List<?> list)) {
      throw new IllegalArgumentException("tools is not a list of maps");
    }
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("tools is not a list of maps");
      }
      Map<String, Object> row = new LinkedHashMap<>();
      map.forEach((name, value) -> row.put(String.valueOf(name), value));
      Cells in = new Cells(row);
      String name = in.text("name");
      if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
        throw new IllegalArgumentException(
            "tools: name '" + name + "' is not 1 to 64 letters, digits, _ or -");
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      if (in.cellOrNull("parameters") instanceof Map<?, ?> given) {
        given.forEach((key, value) -> parameters.put(String.valueOf(key), Form.scalar(value)));
      }
      tools.add(
          new ToolSpec(
              name, in.text("agent"), in.text("action"), in.text("description", ""), parameters));
    }
    return tools;
  }

  private static AgentSpec spec(Cells in, String id, List<String> actions, int maxRuns, Work work) {
    return new AgentSpec(
        id,
        in.text("description", ""),
        actions,
        true,
        Set.copyOf(in.texts("roles")),
        in.whole("max_runs", maxRuns, 1),
        in.has("deadline") ? in.duration("deadline", Duration.ZERO) : null,
        work);
  }
}
