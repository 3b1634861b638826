package dev.holdfast.session;

/**
 * A path that clients connect to, with its defaults. Immutable; any thread.
 *
 * @param joins whether a connection here is in its channel from admission on
 */
public record Endpoint(String path, boolean joins) {

  /** Everything over one connection. */
  public static final Endpoint WS = new Endpoint("/ws", false);

  /** Channels: joined on admission. */
  public static final Endpoint CHAT = new Endpoint("/ws/chat", true);
}
