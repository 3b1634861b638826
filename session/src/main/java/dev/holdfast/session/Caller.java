package dev.holdfast.session;

import dev.holdfast.feed.FeedId;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.ServerFrame;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The session that gave a command, as whoever obeys it sees it. Any thread. */
public interface Caller {

  Principal principal();

  String sessionId();

  /** The channel that is meant where a command names none. */
  String channel();

  /** The terminal that is meant where a command names none; null for none. */
  @Nullable String terminal();

  /** How its client writes frames. */
  Dialect dialect();

  /** The address that its connection comes from; null while it has none. */
  @Nullable String ip();

  /**
   * Answers a command. The answer reaches the client over whichever connection the session has by
   * then, and is kept under its id for a client that asks again: the first one, or how a command to
   * a device has ended.
   */
  void reply(ServerFrame answer);

  /**
   * Has the session read a feed from its start, as if its client had attached to it. Only while its
   * command is being obeyed.
   *
   * @return whether it reads it; where not, the client has been told why
   */
  boolean follow(FeedId feed);

  /** Has its reading of a feed go on, where its membership had no room. As {@link #follow}. */
  void goOn(FeedId feed);

  /**
   * Has it read a feed no more, soon; a connection to the endpoint of devices is closed with that.
   */
  void letGo(FeedId feed, int closeCode, String reason);

  /** Acknowledges a command; nothing is sent where it had no id. */
  default void ack(@Nullable String id, Map<String, Object> details) {
    if (id != null) {
      reply(new ServerFrame.Ack(id, details));
    }
  }

  /** Refuses a command. */
  default void refuse(@Nullable String id, ErrorCode code, String message) {
    reply(new ServerFrame.Error(id, code, message, null, null));
  }
}
