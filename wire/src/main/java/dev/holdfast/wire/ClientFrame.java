package dev.holdfast.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says, in either dialect: one record a type. Field names are those of the wire in
 * camel case; absent optional fields are null. Immutable; any thread.
 */
public sealed interface ClientFrame extends Inbound {

  /** The command's own name, by which it is answered and at most once executed; null for none. */
  @Override
  @Nullable String id();

  /** Where an attachment begins. */
  sealed interface Begin {
    /** At the earliest retained event. */
    record Start() implements Begin {}

    /** With what comes from now on. */
    record Now() implements Begin {}

    /** After a position, as the client was given it. */
    record After(String position) implements Begin {}
  }

  /**
   * {@code connect}: asks for admission, or for another session.
   *
   * @param positions by feed, the last position that the client has seen; empty for none
   */
  record Connect(
      @Nullable String id,
      @Nullable String token,
      @Nullable String sessionId,
      @Nullable String userId,
      Map<String, String> positions)
      implements ClientFrame {}

  /** {@code refresh}: a new token for the same user. */
  record Refresh(@Nullable String id, String token) implements ClientFrame {}

  /** {@code ping}: asks for a pong with the same timestamp, whatever JSON it is. */
  record Ping(@Nullable String id, @Nullable RawJson timestamp) implements ClientFrame {}

  /** {@code attach}: reads a feed; {@code from} defaults to now. */
  record Attach(@Nullable String id, String feed, Begin from) implements ClientFrame {}

  /** {@code detach}: reads it no more. */
  record Detach(@Nullable String id, String feed) implements ClientFrame {}

  /**
   * {@code history}: asks for a page of a feed.
   *
   * @param after a position: the page holds what comes after it, or before it in reverse
   * @param limit events at most; null for the server's default
   */
  record History(
      @Nullable String id,
      String feed,
      @Nullable String after,
      @Nullable Integer limit,
      boolean reverse)
      implements ClientFrame {}

  /** {@code subscribe}: attaches to a channel, with join and leave events if asked. */
  record Subscribe(@Nullable String id, String channel, Begin from, boolean presence)
      implements ClientFrame {}

  /** {@code unsubscribe}. */
  record Unsubscribe(@Nullable String id, String channel) implements ClientFrame {}

  /** {@code message}: says something to everyone in a channel; null for the default channel. */
  record Message(@Nullable String id, @Nullable String channel, RawJson content)
      implements ClientFrame {}

  /** {@code broadcast}: says something to every other connection. */
  record Broadcast(@Nullable String id, RawJson content) implements ClientFrame {}

  /** {@code direct}: says something to one user. */
  record Direct(@Nullable String id, String to, RawJson content) implements ClientFrame {}

  /** {@code presence}: asks who is in a channel. */
  record Presence(@Nullable String id, String channel) implements ClientFrame {}

  /**
   * {@code publish}: an event of the caller's own making.
   *
   * @param event its type, with a colon in it
   */
  record Publish(
      @Nullable String id,
      String channel,
      String event,
      RawJson data,
      @Nullable String idempotencyKey)
      implements ClientFrame {}

  /**
   * {@code run}: starts an agent's work, on a prompt or an action, and follows it.
   *
   * @param deadlineMs after which it fails; null for the agent's own
   * @param cancelAfterMs after which it is cancelled when nobody follows it; null for never
   * @param conversationId of the conversation that it goes on with; null for none
   * @param publishTo a channel on which others may watch it; null for none
   * @param guidance whether the user's own channel is told how far it is
   */
  record Run(
      @Nullable String id,
      String agentId,
      @Nullable String prompt,
      @Nullable String action,
      @Nullable RawJson params,
      @Nullable Integer deadlineMs,
      @Nullable Integer cancelAfterMs,
      @Nullable String conversationId,
      @Nullable String publishTo,
      boolean guidance)
      implements ClientFrame {}

  /** {@code serve}: this session is a worker, which does the runs of these agents. */
  record Serve(@Nullable String id, RawJson agents) implements ClientFrame {}

  /** {@code report}: what a worker says of a run that it was given. */
  record Report(@Nullable String id, String runId, RawJson data) implements ClientFrame {}

  /**
   * {@code serve}: this session is a worker, which does the calls of these tools.
   *
   * @param provider to which they belong; null for the usual one
   */
  record ServeTools(@Nullable String id, @Nullable String provider, RawJson tools)
      implements ClientFrame {}

  /** {@code report}: what a worker says of a call that it was given. */
  record ReportCall(@Nullable String id, String callId, RawJson data) implements ClientFrame {}

  /** {@code cancel}: stops a run. */
  record Cancel(@Nullable String id, String runId) implements ClientFrame {}

  /** {@code approve}: decides what a run asked; {@code approve} where no decision is named. */
  record Approve(@Nullable String id, String runId, String approvalId, String decision)
      implements ClientFrame {}

  /** {@code input}: says something to a run. */
  record Input(@Nullable String id, String runId, RawJson content) implements ClientFrame {}

  /**
   * {@code open_terminal}: starts a program in a terminal.
   *
   * @param command a list of texts; null for the shell
   * @param cwd the folder that it works in; null for the server's choice
   * @param rows of its screen; null for 24
   * @param cols of its screen; null for 80
   */
  record OpenTerminal(
      @Nullable String id,
      @Nullable RawJson command,
      @Nullable String cwd,
      @Nullable Integer rows,
      @Nullable Integer cols)
      implements ClientFrame {}

  /**
   * {@code input} to a terminal: types something, a string.
   *
   * @param terminalId null for the one that the connection's endpoint leads to; so in what follows
   */
  record TerminalInput(@Nullable String id, @Nullable String terminalId, RawJson data)
      implements ClientFrame {}

  /** {@code resize}: the size that the client would have the screen of a terminal. */
  record Resize(@Nullable String id, @Nullable String terminalId, int rows, int cols)
      implements ClientFrame {}

  /** {@code show}: whether anybody looks at a terminal; what nobody looks at is not sent. */
  record Show(@Nullable String id, @Nullable String terminalId, boolean visible)
      implements ClientFrame {}

  /** {@code ack}: the client has dealt with a terminal's events up to that offset. */
  record AckOutput(@Nullable String id, @Nullable String terminalId, long offset)
      implements ClientFrame {}

  /** {@code signal}: signals what runs in a terminal. */
  record Signal(@Nullable String id, @Nullable String terminalId, String signal)
      implements ClientFrame {}

  /** {@code close_terminal}: ends all that runs in it. */
  record CloseTerminal(@Nullable String id, @Nullable String terminalId) implements ClientFrame {}

  /**
   * {@code register}: this session is a device from now on.
   *
   * @param deviceInfo an object
   * @param lastCommandId the last command that the device got before; null where it does not say
   */
  record Register(
      @Nullable String id, String deviceId, RawJson deviceInfo, @Nullable String lastCommandId)
      implements ClientFrame {}

  /** {@code heartbeat}: the device is there. */
  record Heartbeat(@Nullable String id) implements ClientFrame {}

  /** {@code result}: what came of a command that the device was given. */
  record CommandResult(
      @Nullable String id,
      String commandId,
      boolean success,
      @Nullable RawJson data,
      @Nullable RawJson error)
      implements ClientFrame {}

  /** {@code progress}: how far the device is with a command. */
  record CommandProgress(
      @Nullable String id,
      String commandId,
      @Nullable RawJson progress,
      @Nullable String message,
      @Nullable RawJson data)
      implements ClientFrame {}

  /** {@code event}: something that the device says by itself. */
  record DeviceEvent(@Nullable String id, String name, @Nullable RawJson data)
      implements ClientFrame {}

  /**
   * {@code device_command}: has a device do something.
   *
   * @param userId whose device it is; null for the caller's own
   * @param deadlineMs after which it comes to nothing; null for the server's choice
   */
  record DeviceCommand(
      @Nullable String id,
      String deviceId,
      @Nullable String userId,
      String command,
      @Nullable RawJson params,
      @Nullable Integer deadlineMs)
      implements ClientFrame {}

  /** {@code list_tools}: asks which tools there are. */
  record ListTools(@Nullable String id) implements ClientFrame {}

  /**
   * {@code call_tool}: calls a tool, and follows the call.
   *
   * @param id names the call too, for this session; null for one of the server's making
   * @param arguments an object; null for an empty one
   */
  record CallTool(@Nullable String id, String name, @Nullable RawJson arguments)
      implements ClientFrame {}

  /**
   * {@code cancel} with a request: stops a call of this session.
   *
   * @param requestId the id with which it was called
   */
  record CancelCall(@Nullable String id, String requestId) implements ClientFrame {}

  /** {@code health}: asks how the tools are. */
  record Health(@Nullable String id) implements ClientFrame {}

  /** {@code rotate_token}: another shared token in place of the one before. */
  record RotateToken(@Nullable String id, String before, String after) implements ClientFrame {}

  /** {@code get_stats}. */
  record GetStats(@Nullable String id) implements ClientFrame {}
}
