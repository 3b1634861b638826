package dev.holdfast.server.tool;

import dev.holdfast.kinds.tool.Tool;
import dev.holdfast.kinds.tool.Tools;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told of tools, as JSON. Any thread. */
public final class ToolJson {

  private static final JsonMapper JSON = new JsonMapper();
  private static final long NANOS_A_MILLI = 1_000_000;

  private final Tools tools;
  private final IntSupplier sessions;
  private final long begunNanos = System.nanoTime();

  /**
   * @param sessions how many there are now
   */
  public ToolJson(Tools tools, IntSupplier sessions) {
    this.tools = tools;
    this.sessions = sessions;
  }

  /** A JSON array of the tools that somebody with these roles may call. */
  public String list(Collection<String> roles, boolean admin) {
    ArrayNode list = JSON.createArrayNode();
    tools.tools(roles, admin).forEach(tool -> list.add(shown(tool)));
    return list.toString();
  }

  /** One tool, as it is listed. */
  public static ObjectNode shown(Tool tool) {
    ObjectNode shown = JSON.createObjectNode();
    shown.put("name", tool.name());
    shown.put("description", tool.description());
    shown.set("inputSchema", JSON.readTree(tool.schema()));
    return shown;
  }

  /** A JSON object: how the tools are. */
  public String health() {
    Map<String, Object> health = new LinkedHashMap<>();
    health.put("sessions", sessions.getAsInt());
    health.put("inflight", tools.inFlight());
    health.put("queued", tools.queued());
    health.put("capacity", tools.capacity());
    Map<String, Object> providers = new LinkedHashMap<>();
    for (Tools.Health one : tools.health()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("breaker", one.breaker());
      shown.put("inflight", one.inFlight());
      shown.put("limit", one.limit());
      providers.put(one.provider(), shown);
    }
    health.put("providers", providers);
    health.put("uptime_ms", (System.nanoTime() - begunNanos) / NANOS_A_MILLI);
    return JSON.writeValueAsString(health);
  }
}
