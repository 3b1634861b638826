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
import java.util.Locale;
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
        yield in.spec(id, EchoAgent.ACTIONS, true, Integer.MAX_VALUE, new Work.Echo(pause));
      }
      case "process" -> {
        List<String> actions = in.texts("actions");
        yield in.spec(id, actions, true, PROGRAM_RUNS, program(in));
      }
      case "model" -> in.spec(id, List.of(), true, MODEL_RUNS, model(in));
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

  /** One row's cells, each as it has to be. */
  private record Cells(Map<String, Object> row) {

    @Nullable Object cellOrNull(String name) {
      return row.get(name);
    }

    Object cell(String name) {
      Object cell = row.get(name);
      if (cell == null) {
        throw new IllegalArgumentException(name + " is missing");
      }
      return cell;
    }

    String text(String name) {
      Object cell = cell(name);
      try {
        return Form.scalar(cell);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
      }
    }

    String text(String name, String otherwise) {
      return row.containsKey(name) ? text(name) : otherwise;
    }

    @Nullable String textOrNull(String name) {
      return row.containsKey(name) ? text(name) : null;
    }

    List<String> texts(String name) {
      return row.containsKey(name) ? Form.texts(cell(name)) : List.of();
    }

    Duration duration(String name, Duration otherwise) {
      if (!row.containsKey(name)) {
        return otherwise;
      }
      try {
        return Form.durationOf(text(name));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + " is not a duration", e);
      }
    }

    int whole(String name, int otherwise, int least) {
      if (!row.containsKey(name)) {
        return otherwise;
      }
      int number = Integer.parseInt(text(name));
      if (number < least) {
        throw new IllegalArgumentException(name + " is less than " + least);
      }
      return number;
    }

    boolean flag(String name) {
      String text = text(name, "false");
      if (!text.equals("true") && !text.equals("false")) {
        throw new IllegalArgumentException(name + " is neither true nor false");
      }
      return text.equals("true");
    }

    <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
      if (!row.containsKey(name)) {
        return otherwise;
      }
      try {
        return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        List<String> all = new ArrayList<>();
        for (E one : type.getEnumConstants()) {
          all.add(one.name().toLowerCase(Locale.ROOT));
        }
        throw new IllegalArgumentException(name + " is none of " + String.join(", ", all), e);
      }
    }

    AgentSpec spec(String id, List<String> actions, boolean prompts, int maxRuns, Work work) {
      return new AgentSpec(
          id,
          text("description", ""),
          actions,
          prompts,
          Set.copyOf(texts("roles")),
          whole("max_runs", maxRuns, 1),
          row.containsKey("deadline") ? duration("deadline", Duration.ZERO) : null,
          work);
    }
  }
}
