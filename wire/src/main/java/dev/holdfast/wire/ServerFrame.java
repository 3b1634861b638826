package dev.holdfast.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server says apart from events: one record a type, written with the names of its fields
 * in snake case; null fields are left out. Immutable; any thread.
 */
public sealed interface ServerFrame {

  /** The command that this answers; null where it answers none or the command had no id. */
  default @Nullable String id() {
    return null;
  }

  /** How long each layer waits, in milliseconds; each is shorter than the next. */
  record Timeouts(long toolMs, long gatewayMs, long proxyMs, long clientMs) {}

  /** What this server admits, for clients to keep within. */
  record Limits(int maxFrameBytes, int maxAttachments, int historyPage) {}

  /** Where a feed's reading begins: {@code {feed, position, recovered}}. */
  record FeedPlace(String feed, String position, boolean recovered) {}

  /** {@code connected}: admission. {@code serverTime} is in milliseconds since 1970 UTC. */
  record Connected(
      @Nullable String id,
      String connectionId,
      String sessionId,
      String userId,
      boolean resumed,
      long serverTimeMillis,
      long heartbeatIntervalMs,
      Timeouts timeouts,
      Limits limits,
      List<FeedPlace> feeds)
      implements ServerFrame {}

  /** {@code refreshed}: the new token is taken. {@code expiresAtMillis} null for never. */
  record Refreshed(@Nullable String id, @Nullable Long expiresAtMillis) implements ServerFrame {}

  /** {@code token_expiring}: the token ends in that time. */
  record TokenExpiring(long expiresInMs) implements ServerFrame {}

  /** {@code reconnect}: this server is about to close; come back after that time. */
  record Reconnect(long reconnectAfterMs) implements ServerFrame {}

  /** {@code pong}. */
  record Pong(@Nullable String id, @Nullable RawJson timestamp) implements ServerFrame {}

  /** {@code error}. {@code reason} and {@code retryAfterMs} are left out when null. */
  @SuppressWarnings("AvoidCommonTypeNames") // the name of the frame, never imported
  record Error(
      @Nullable String id,
      ErrorCode code,
      String message,
      @Nullable String reason,
      @Nullable Long retryAfterMs)
      implements ServerFrame {}

  /** {@code ack}: done; {@code details} are written as further fields, in their order. */
  record Ack(@Nullable String id, Map<String, Object> details) implements ServerFrame {}

  /** {@code attached}. {@code snapshot} is {@code {type, offset, …body}}. */
  record Attached(@Nullable String id, FeedPlace place, @Nullable SnapshotFrame snapshot)
      implements ServerFrame {}

  /**
   * {@code status}: where the endpoint of a terminal leads; without a terminal, that it is looked
   * for.
   */
  record Status(@Nullable Watched terminal) implements ServerFrame {}

  /** A terminal and where its reading begins. */
  record Watched(String terminalId, int rows, int cols, int viewers, FeedPlace place) {}

  /** {@code detached}. */
  record Detached(@Nullable String id, String feed) implements ServerFrame {}

  /** {@code subscribed}: as attached, with the channel's name. */
  record Subscribed(@Nullable String id, String channel, FeedPlace place) implements ServerFrame {}

  /** {@code unsubscribed}. */
  record Unsubscribed(@Nullable String id, String channel) implements ServerFrame {}

  /** {@code gap}: the events from one offset to another, both included, are lost to this reader. */
  record Gap(String feed, long from, long to, String reason) implements ServerFrame {}

  /** {@code snapshot}, while live: the state of a feed in place of the events up to its offset. */
  record SnapshotFrame(String feed, String position, EventFrame state) implements ServerFrame {}

  /**
   * {@code history}.
   *
   * @param position where the next page begins
   */
  record History(
      @Nullable String id, String feed, List<EventFrame> events, String position, boolean complete)
      implements ServerFrame {}

  /** One user in a channel. */
  record Member(String userId, int connections) {}

  /** {@code presence}: who is in a channel; {@code total} counts users. */
  record Presence(@Nullable String id, String channel, List<Member> members, int total)
      implements ServerFrame {}

  /** {@code stats}; {@code data} is one JSON object. */
  record Stats(@Nullable String id, RawJson data) implements ServerFrame {}

  /** {@code tools}; a list of {@code {name, description, inputSchema}}. */
  record Tools(@Nullable String id, RawJson tools) implements ServerFrame {}

  /**
   * {@code call_ack}: a tool was called.
   *
   * @param id the name of the call, which is the server's where the client gave none
   * @param timeoutMs after which it fails
   * @param feed of the call
   * @param duplicate whether it had been called before
   */
  record CallAck(String id, String name, long timeoutMs, String feed, boolean duplicate)
      implements ServerFrame {}

  /**
   * A call that came to nothing before it began: an error.
   *
   * @param why the code of the tools' own dialect
   * @param details one JSON value; null for none
   */
  record CallRefused(
      @Nullable String id,
      ErrorCode code,
      String why,
      String message,
      @Nullable RawJson details,
      @Nullable Long retryAfterMs)
      implements ServerFrame {}

  /** How a call ended that had ended before; {@code result} is one JSON object. */
  record CallOver(String id, RawJson result) implements ServerFrame {}

  /** {@code cancelled}: whether the call was running. */
  record CallCancelled(@Nullable String id, String requestId, boolean wasRunning)
      implements ServerFrame {}

  /** {@code health}; {@code data} is one JSON object. */
  record Health(@Nullable String id, RawJson data) implements ServerFrame {}

  /** {@code token_rotated}; {@code error} null for none. */
  record TokenRotated(@Nullable String id, @Nullable String error) implements ServerFrame {}

  /** {@code connected}, of a device: it is one from now on. */
  record DeviceConnected(
      @Nullable String id,
      String deviceId,
      String userId,
      long serverTimeMillis,
      long heartbeatIntervalMs)
      implements ServerFrame {}

  /**
   * {@code registered}: a device is known.
   *
   * @param feed on which it is given commands
   * @param lastCommandId the last of the commands that it is held to have got
   */
  record Registered(
      @Nullable String id,
      String deviceId,
      String feed,
      long registeredAtMillis,
      String lastCommandId)
      implements ServerFrame {}

  /** {@code heartbeat_ack}. */
  record HeartbeatAck(@Nullable String id, long serverTimeMillis) implements ServerFrame {}

  /** {@code heartbeat_probe}: a device that says nothing in that time is dropped. */
  record HeartbeatProbe(long answerWithinMs) implements ServerFrame {}

  /**
   * {@code device_result}: how a command to a device ended.
   *
   * @param error an object with a code and a message; null for none
   * @param media what was uploaded, an object; null for nothing
   */
  record DeviceResult(
      @Nullable String id,
      String commandId,
      String deviceId,
      String command,
      boolean success,
      @Nullable RawJson data,
      @Nullable RawJson error,
      @Nullable RawJson media)
      implements ServerFrame {}

  /** A client of the tools' own dialect is not admitted. */
  record HelloRefused(String reason, String message, @Nullable Long retryAfterMs)
      implements ServerFrame {}
}
