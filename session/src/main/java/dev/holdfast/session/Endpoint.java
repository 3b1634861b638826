package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * A path that clients connect to, with its defaults. Immutable; any thread.
 *
 * @param joins whether a connection here is in its channel from admission on
 * @param defaultType the type of a frame that says none; null where every frame has to
 */
public record Endpoint(String path, boolean joins, @Nullable String defaultType) {

  /** Everything over one connection. */
  public static final Endpoint WS = new Endpoint("/ws", false, null);

  /** Channels: joined on admission. */
  public static final Endpoint CHAT = new Endpoint("/ws/chat", true, null);

  /** Agents on a prompt: {@code {agent_id, prompt}} is a run. */
  public static final Endpoint AGENT_STREAM = new Endpoint("/ws/agent/stream", false, "run");

  /** Agents with an action: {@code {agent_id, action, params}} is a run. */
  public static final Endpoint AGENT_EXECUTE = new Endpoint("/ws/agent/execute", false, "run");
}
