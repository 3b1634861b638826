package dev.holdfast.kinds.terminal;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds in what a program says the session of an agent that streams JSON: the line {@code
 * {"type":"system","subtype":"init","session_id":"…"}}. Taken by one thread, asked by any.
 */
final class AgentSession {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String MARK = "\"subtype\":\"init\"";
  private static final int LONGEST = 16 * 1024;

  private final StringBuilder line = new StringBuilder();
  private volatile @Nullable String id;

  /** The session that was named last; null for none. */
  @Nullable String id() {
    return id;
  }

  void take(String text) {
    int from = 0;
    if (line.length() > 0 || text.contains(MARK)) {
      int end;
      while ((end = text.indexOf('\n', from)) >= 0) {
        line.append(text, from, end);
        look();
        from = end + 1;
      }
    } else {
      from = text.lastIndexOf('\n') + 1;
    }
    boolean may = line.length() > 0 || text.startsWith("{", from);
    if (may && line.length() + text.length() - from <= LONGEST) {
      line.append(text, from, text.length());
    } else {
      line.setLength(0);
    }
  }

  private void look() {
    if (line.indexOf(MARK) >= 0) {
      try {
        JsonNode init = JSON.readTree(line.toString().strip());
        if (init.path("type").asString("").equals("system") && init.path("session_id").isString()) {
          id = init.path("session_id").asString("");
        }
      } catch (JacksonException e) {
        // It only looks like one.
      }
    }
    line.setLength(0);
  }
}
