package dev.holdfast.kinds.tool;

import dev.holdfast.feed.FeedId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads what a worker says of the tools that it serves. Stateless; any thread. */
final class OfferedTools {

  private static final int MOST = 100;
  private static final int CALLS = 8;
  private static final int MOST_CALLS = 100_000;

  private OfferedTools() {}

  /**
   * Reads a list of tools.
   *
   * @return what is wrong with it, or null
   */
  static @Nullable String read(String json, Map<String, ToolWorkers.Offered> into) {
    try {
      JsonNode list = Arguments.JSON.readTree(json);
      if (!list.isArray() || list.isEmpty() || list.size() > MOST) {
        return "tools: must be a list of 1 to " + MOST + " tools";
      }
      for (int i = 0; i < list.size(); i++) {
        String wrong = one(list.get(i), into);
        if (wrong != null) {
          return "tools[" + i + "]." + wrong;
        }
      }
      return null;
    } catch (JacksonException _) {
      return "tools: is not JSON, or names a member twice";
    }
  }

  private static @Nullable String one(JsonNode node, Map<String, ToolWorkers.Offered> into) {
    JsonNode name = node.path("name");
    if (!name.isString() || !FeedId.validName(name.stringValue())) {
      return "name: must be a name without white space";
    }
    JsonNode description = node.path("description");
    if (!description.isMissingNode() && !description.isString()) {
      return "description: must be a text";
    }
    JsonNode idempotent = node.path("idempotent");
    if (!idempotent.isMissingNode() && !idempotent.isBoolean()) {
      return "idempotent: must be true or false";
    }
    JsonNode calls = node.path("max_calls");
    int most = calls.isMissingNode() ? CALLS : calls.isInt() ? calls.intValue() : 0;
    if (most < 1 || most > MOST_CALLS) {
      return "max_calls: must be a whole number from 1 to " + MOST_CALLS;
    }
    JsonNode schema = node.path("inputSchema");
    String given = schema.isMissingNode() ? Arguments.ANY : schema.toString();
    String fault = Arguments.fault(given);
    if (fault != null) {
      return "inputSchema: " + fault;
    }
    Provider.Described described =
        new Provider.Described(
            name.stringValue(), description.asString(""), given, idempotent.asBoolean(false));
    if (into.put(name.stringValue(), new ToolWorkers.Offered(described, most)) != null) {
      return "name: '" + name.stringValue() + "' is there twice";
    }
    return null;
  }
}
