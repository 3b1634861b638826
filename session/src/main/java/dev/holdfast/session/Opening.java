package dev.holdfast.session;

import dev.holdfast.feed.FeedId;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client said by its handshake. Immutable; any thread.
 *
 * @param endpoint where it connected to
 * @param ip its address, as text
 * @param token from the query or the bearer header
 * @param sessionId the session it wants back
 * @param channel the channel it wants to be in, on endpoints that join one
 * @param idleTimeout after which idle time it wants to be closed
 * @param named what the path names, on endpoints with an id; else empty
 * @param query what else its query says, without the token
 */
public record Opening(
    Endpoint endpoint,
    String ip,
    @Nullable String token,
    @Nullable String sessionId,
    @Nullable String channel,
    @Nullable Duration idleTimeout,
    String named,
    Map<String, String> query) {

  /** To an endpoint that leads nowhere. */
  public Opening(
      Endpoint endpoint,
      String ip,
      @Nullable String token,
      @Nullable String sessionId,
      @Nullable String channel,
      @Nullable Duration idleTimeout) {
    this(endpoint, ip, token, sessionId, channel, idleTimeout, "", Map.of());
  }

  /** Whether a text may be the name of a channel. */
  public static boolean validChannel(String name) {
    return FeedId.validName(name);
  }

  /** Without the token, which never reaches a log. */
  @Override
  public String toString() {
    return endpoint.path() + " from " + ip;
  }
}
