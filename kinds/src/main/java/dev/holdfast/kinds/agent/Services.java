package dev.holdfast.kinds.agent;

import dev.holdfast.feed.FeedId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what a worker says that it serves. Stateless; any thread. */
final class Services {

  private static final JsonMapper JSON = new JsonMapper();

  private static final int MOST = 100;
  private static final int RUNS = 8;
  private static final int MOST_RUNS = 100_000;

  private Services() {}

  /**
   * Reads a list of agents.
   *
   * @return what is wrong with it, or null
   */
  static @Nullable String read(
      String json, Map<String, AgentWorkers.Service> into, Function<String, Agent> agents) {
    try {
      JsonNode list = JSON.readTree(json);
      if (!list.isArray() || list.isEmpty() || list.size() > MOST) {
        return "agents: must be a list of 1 to " + MOST + " agents";
      }
      for (int i = 0; i < list.size(); i++) {
        String wrong = one(list.get(i), into, agents);
        if (wrong != null) {
          return "agents[" + i + "]." + wrong;
        }
      }
      return null;
    } catch (JacksonException _) {
      return "agents: is not JSON";
    }
  }

  private static @Nullable String one(
      JsonNode node, Map<String, AgentWorkers.Service> into, Function<String, Agent> agents) {
    JsonNode id = node.get("agent_id");
    if (id == null || !id.isString() || !FeedId.validName(id.stringValue())) {
      return "agent_id: must be a name without white space";
    }
    List<String> actions = texts(node.get("actions"));
    if (actions == null) {
      return "actions: must be a list of texts";
    }
    List<String> roles = texts(node.get("roles"));
    if (roles == null) {
      return "roles: must be a list of texts";
    }
    JsonNode runs = node.get("max_runs");
    int maxRuns = runs == null ? RUNS : runs.isInt() ? runs.intValue() : 0;
    if (maxRuns < 1 || maxRuns > MOST_RUNS) {
      return "max_runs: must be a whole number from 1 to " + MOST_RUNS;
    }
    Report.Parts parts = new Report.Parts(node);
    String agentId = id.stringValue();
    into.put(
        agentId,
        new AgentWorkers.Service(
            new Offer(
                agentId,
                parts.text("description", ""),
                actions,
                parts.flag("prompts", true),
                Set.copyOf(roles),
                maxRuns,
                null,
                agents.apply(agentId)),
            parts.flag("restartable", false)));
    return null;
  }

  private static @Nullable List<String> texts(@Nullable JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node == null) {
      return texts;
    }
    if (!node.isArray()) {
      return null;
    }
    for (JsonNode item : node) {
      if (!item.isString()) {
        return null;
      }
      texts.add(item.stringValue());
    }
    return texts;
  }
}
