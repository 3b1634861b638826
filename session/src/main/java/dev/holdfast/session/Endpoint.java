package dev.holdfast.session;

import dev.holdfast.wire.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * A path that clients connect to, with its defaults. Immutable; any thread.
 *
 * @param path may hold one {@code {id}}, which stands for what the connection leads to
 * @param joins whether a connection here is in its channel from admission on
 * @param leads whether a connection here leads to a terminal, which its frames need not name
 * @param defaultType the type of a frame that says none; null where every frame has to
 * @param dialect how frames are written here; on endpoints of the tools' own, clients say hello
 *     first, whatever their handshake said
 */
public record Endpoint(
    String path, boolean joins, boolean leads, @Nullable String defaultType, Dialect dialect) {

  /** An endpoint of frames that say their type. */
  public Endpoint(String path, boolean joins, boolean leads, @Nullable String defaultType) {
    this(path, joins, leads, defaultType, Dialect.TYPE);
  }

  /** Everything over one connection. */
  public static final Endpoint WS = new Endpoint("/ws", false, false, null);

  /** Channels: joined on admission. */
  public static final Endpoint CHAT = new Endpoint("/ws/chat", true, false, null);

  /** Agents on a prompt: {@code {agent_id, prompt}} is a run. */
  public static final Endpoint AGENT_STREAM = new Endpoint("/ws/agent/stream", false, false, "run");

  /** Agents with an action: {@code {agent_id, action, params}} is a run. */
  public static final Endpoint AGENT_EXECUTE =
      new Endpoint("/ws/agent/execute", false, false, "run");

  /** A terminal of its own. */
  public static final Endpoint TERMINAL = new Endpoint("/ws/terminal", false, true, null);

  /** A terminal that is open. */
  public static final Endpoint TERMINAL_ID = new Endpoint("/ws/terminal/{id}", false, true, null);

  /** The terminal of a milestone. */
  public static final Endpoint MILESTONE =
      new Endpoint("/api/milestones/{id}/terminal", false, true, null);

  /** A device: it registers first, and reads nothing but what it is given to do. */
  public static final Endpoint DEVICE = new Endpoint("/ws/device", false, false, null);

  /** Tools, in their own dialect. */
  public static final Endpoint TOOLS = new Endpoint("/ws/tools", false, false, null, Dialect.OP);

  /** The same, where clients of such daemons look for it. */
  public static final Endpoint ROOT = new Endpoint("/", false, false, null, Dialect.OP);

  private static final String ID = "{id}";

  /** What a path names where this one has an id; empty for no id, null for another path. */
  public @Nullable String named(String given) {
    int at = path.indexOf(ID);
    if (at < 0) {
      return path.equals(given) ? "" : null;
    }
    int end = given.length() - (path.length() - at - ID.length());
    if (end <= at
        || !given.startsWith(path.substring(0, at))
        || !given.endsWith(path.substring(at + ID.length()))) {
      return null;
    }
    String id = given.substring(at, end);
    return id.indexOf('/') < 0 ? id : null;
  }
}
