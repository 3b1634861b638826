package dev.holdfast.wire;

import static dev.holdfast.wire.Field.ACTION;
import static dev.holdfast.wire.Field.AFTER;
import static dev.holdfast.wire.Field.AGENTS;
import static dev.holdfast.wire.Field.AGENT_ID;
import static dev.holdfast.wire.Field.APPROVAL_ID;
import static dev.holdfast.wire.Field.ARGUMENTS;
import static dev.holdfast.wire.Field.CALL_ID;
import static dev.holdfast.wire.Field.CANCEL_AFTER_MS;
import static dev.holdfast.wire.Field.CHANNEL;
import static dev.holdfast.wire.Field.COLS;
import static dev.holdfast.wire.Field.COMMAND;
import static dev.holdfast.wire.Field.COMMAND_ID;
import static dev.holdfast.wire.Field.CONTENT;
import static dev.holdfast.wire.Field.CONVERSATION_ID;
import static dev.holdfast.wire.Field.CWD;
import static dev.holdfast.wire.Field.DATA;
import static dev.holdfast.wire.Field.DEADLINE_MS;
import static dev.holdfast.wire.Field.DECISION;
import static dev.holdfast.wire.Field.DEVICE_ID;
import static dev.holdfast.wire.Field.DEVICE_INFO;
import static dev.holdfast.wire.Field.ERROR;
import static dev.holdfast.wire.Field.FEED;
import static dev.holdfast.wire.Field.GUIDANCE;
import static dev.holdfast.wire.Field.IDEMPOTENCY_KEY;
import static dev.holdfast.wire.Field.LAST_COMMAND_ID;
import static dev.holdfast.wire.Field.LIMIT;
import static dev.holdfast.wire.Field.MESSAGE;
import static dev.holdfast.wire.Field.NAME;
import static dev.holdfast.wire.Field.NEW;
import static dev.holdfast.wire.Field.OLD;
import static dev.holdfast.wire.Field.PARAMS;
import static dev.holdfast.wire.Field.PRESENCE;
import static dev.holdfast.wire.Field.PROGRESS;
import static dev.holdfast.wire.Field.PROMPT;
import static dev.holdfast.wire.Field.PROVIDER;
import static dev.holdfast.wire.Field.PUBLISH_TO;
import static dev.holdfast.wire.Field.REQUEST_ID;
import static dev.holdfast.wire.Field.REVERSE;
import static dev.holdfast.wire.Field.ROWS;
import static dev.holdfast.wire.Field.RUN_ID;
import static dev.holdfast.wire.Field.SESSION_ID;
import static dev.holdfast.wire.Field.SIGNAL;
import static dev.holdfast.wire.Field.SUCCESS;
import static dev.holdfast.wire.Field.TERMINAL_ID;
import static dev.holdfast.wire.Field.TIMESTAMP;
import static dev.holdfast.wire.Field.TO;
import static dev.holdfast.wire.Field.TOKEN;
import static dev.holdfast.wire.Field.TOOLS;
import static dev.holdfast.wire.Field.USER_ID;
import static dev.holdfast.wire.Field.VISIBLE;
import static dev.holdfast.wire.Fields.DEADLINE_MILLIS;
import static dev.holdfast.wire.Fields.FEED_LENGTH;
import static dev.holdfast.wire.Fields.HISTORY_LIMIT;
import static dev.holdfast.wire.Fields.ID_LENGTH;
import static dev.holdfast.wire.Fields.MESSAGE_LENGTH;
import static dev.holdfast.wire.Fields.NAME_LENGTH;
import static dev.holdfast.wire.Fields.PATH_LENGTH;
import static dev.holdfast.wire.Fields.POSITION_LENGTH;
import static dev.holdfast.wire.Fields.SCREEN;
import static dev.holdfast.wire.Fields.TOKEN_LENGTH;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The dialect in which every frame is one JSON object that says its {@code type}: reads what
 * clients say and writes what the server says. Stateless; any thread.
 */
public final class TypeDialect {

  private static final byte[] DUPLICATE =
      ",\"duplicate\":true}".getBytes(StandardCharsets.US_ASCII);

  private static final int TYPE_SHOWN = 64;

  private TypeDialect() {}

  /** As {@link #decode(byte[], String)}, for frames that have to say their type. */
  public static Inbound decode(byte[] frame) {
    return decode(frame, null);
  }

  /**
   * Reads a frame from a client, in one pass; unknown fields are ignored.
   *
   * @param frame valid UTF-8; it is kept where a part of it is passed on, hence never written to
   * @param defaultType the type of a frame that says none; null where every frame has to
   * @return {@link Inbound.Malformed} for a frame that is not JSON or not as it has to be
   */
  public static Inbound decode(byte[] frame, @Nullable String defaultType) {
    Envelope envelope = Envelope.read(frame);
    String broken = envelope.broken();
    if (broken != null) {
      return new Inbound.Malformed(null, ErrorCode.BAD_JSON, broken);
    }
    var fields = new Fields(envelope);
    String id = fields.id();
    String type = fields.type(defaultType);
    ClientFrame command = fields.fault() == null ? frame(type, id, fields) : null;
    String fault = fields.fault();
    if (fault != null) {
      return new Inbound.Malformed(id, ErrorCode.BAD_REQUEST, fault);
    }
    return command == null ? unknown(type, id) : command;
  }

  private static Inbound unknown(String type, @Nullable String id) {
    return new Inbound.Malformed(
        id, ErrorCode.UNKNOWN_TYPE, "unknown type \"" + JsonText.shown(type, TYPE_SHOWN) + "\"");
  }

  /** The frame of a type; null for a type that does not exist. */
  private static @Nullable ClientFrame frame(String type, @Nullable String id, Fields in) {
    return switch (type) {
      case "connect" ->
          new ClientFrame.Connect(
              id,
              in.text(TOKEN, TOKEN_LENGTH),
              in.name(SESSION_ID, ID_LENGTH),
              in.name(USER_ID, NAME_LENGTH),
              in.positions());
      case "refresh" -> new ClientFrame.Refresh(id, in.requiredText(TOKEN, TOKEN_LENGTH));
      case "ping" -> new ClientFrame.Ping(id, in.optionalJson(TIMESTAMP));
      case "attach" -> new ClientFrame.Attach(id, in.requiredName(FEED, FEED_LENGTH), in.from());
      case "detach" -> new ClientFrame.Detach(id, in.requiredName(FEED, FEED_LENGTH));
      case "history" ->
          new ClientFrame.History(
              id,
              in.requiredName(FEED, FEED_LENGTH),
              in.name(AFTER, POSITION_LENGTH),
              in.wholeNumber(LIMIT, HISTORY_LIMIT),
              in.flag(REVERSE));
      case "subscribe" ->
          new ClientFrame.Subscribe(
              id, in.requiredName(CHANNEL, NAME_LENGTH), in.from(), in.flag(PRESENCE));
      case "unsubscribe" -> new ClientFrame.Unsubscribe(id, in.requiredName(CHANNEL, NAME_LENGTH));
      case "message" ->
          new ClientFrame.Message(id, in.name(CHANNEL, NAME_LENGTH), in.json(CONTENT));
      case "broadcast" -> new ClientFrame.Broadcast(id, in.json(CONTENT));
      case "direct" ->
          new ClientFrame.Direct(id, in.requiredName(TO, NAME_LENGTH), in.json(CONTENT));
      case "presence" -> new ClientFrame.Presence(id, in.requiredName(CHANNEL, NAME_LENGTH));
      case "publish" ->
          new ClientFrame.Publish(
              id,
              in.requiredName(CHANNEL, NAME_LENGTH),
              in.event(),
              in.json(DATA),
              in.text(IDEMPOTENCY_KEY, NAME_LENGTH));
      case "run" ->
          new ClientFrame.Run(
              id,
              in.requiredName(AGENT_ID, NAME_LENGTH),
              in.text(PROMPT, Integer.MAX_VALUE),
              in.name(ACTION, NAME_LENGTH),
              in.optionalJson(PARAMS),
              in.wholeNumber(DEADLINE_MS, DEADLINE_MILLIS),
              in.wholeNumber(CANCEL_AFTER_MS, DEADLINE_MILLIS),
              in.name(CONVERSATION_ID, NAME_LENGTH),
              in.name(PUBLISH_TO, NAME_LENGTH),
              in.flag(GUIDANCE));
      case "serve" ->
          in.has(TOOLS)
              ? new ClientFrame.ServeTools(id, in.name(PROVIDER, NAME_LENGTH), in.json(TOOLS))
              : new ClientFrame.Serve(id, in.json(AGENTS));
      case "report" ->
          in.has(CALL_ID)
              ? new ClientFrame.ReportCall(id, in.requiredName(CALL_ID, ID_LENGTH), in.json(DATA))
              : new ClientFrame.Report(id, in.requiredName(RUN_ID, ID_LENGTH), in.json(DATA));
      case "cancel" ->
          in.has(REQUEST_ID)
              ? new ClientFrame.CancelCall(id, in.requiredName(REQUEST_ID, ID_LENGTH))
              : new ClientFrame.Cancel(id, in.requiredName(RUN_ID, ID_LENGTH));
      case "list_tools" -> new ClientFrame.ListTools(id);
      case "call_tool" ->
          new ClientFrame.CallTool(
              id, in.requiredName(NAME, NAME_LENGTH), in.optionalValue(ARGUMENTS));
      case "health" -> new ClientFrame.Health(id);
      case "rotate_token" ->
          new ClientFrame.RotateToken(
              id, in.requiredText(OLD, TOKEN_LENGTH), in.requiredText(NEW, TOKEN_LENGTH));
      case "approve" -> {
        String decision = in.name(DECISION, NAME_LENGTH);
        yield new ClientFrame.Approve(
            id,
            in.requiredName(RUN_ID, ID_LENGTH),
            in.requiredName(APPROVAL_ID, ID_LENGTH),
            decision == null ? "approve" : decision);
      }
      case "input" -> {
        String terminal = in.name(TERMINAL_ID, ID_LENGTH);
        // What has data and no run is typed into the terminal that the endpoint leads to.
        yield terminal == null && (in.has(RUN_ID) || !in.has(DATA))
            ? new ClientFrame.Input(id, in.requiredName(RUN_ID, ID_LENGTH), in.json(CONTENT))
            : new ClientFrame.TerminalInput(id, terminal, in.json(DATA));
      }
      case "open_terminal" ->
          new ClientFrame.OpenTerminal(
              id,
              in.optionalJson(COMMAND),
              in.text(CWD, PATH_LENGTH),
              in.wholeNumber(ROWS, SCREEN),
              in.wholeNumber(COLS, SCREEN));
      case "resize" ->
          new ClientFrame.Resize(
              id,
              in.name(TERMINAL_ID, ID_LENGTH),
              in.requiredNumber(ROWS, SCREEN),
              in.requiredNumber(COLS, SCREEN));
      case "show" ->
          new ClientFrame.Show(id, in.name(TERMINAL_ID, ID_LENGTH), in.requiredFlag(VISIBLE));
      case "ack" -> new ClientFrame.AckOutput(id, in.name(TERMINAL_ID, ID_LENGTH), in.offset());
      case "signal" ->
          new ClientFrame.Signal(
              id, in.name(TERMINAL_ID, ID_LENGTH), in.requiredName(SIGNAL, NAME_LENGTH));
      case "close_terminal", "close" ->
          new ClientFrame.CloseTerminal(id, in.name(TERMINAL_ID, ID_LENGTH));
      case "register" ->
          new ClientFrame.Register(
              id,
              in.requiredName(DEVICE_ID, ID_LENGTH),
              in.json(DEVICE_INFO),
              in.name(LAST_COMMAND_ID, ID_LENGTH));
      case "heartbeat" -> new ClientFrame.Heartbeat(id);
      case "result" ->
          new ClientFrame.CommandResult(
              id,
              in.requiredName(COMMAND_ID, ID_LENGTH),
              in.requiredFlag(SUCCESS),
              in.optionalJson(DATA),
              in.optionalJson(ERROR));
      case "progress" ->
          new ClientFrame.CommandProgress(
              id,
              in.requiredName(COMMAND_ID, ID_LENGTH),
              in.optionalJson(PROGRESS),
              in.text(MESSAGE, MESSAGE_LENGTH),
              in.optionalJson(DATA));
      case "event" ->
          new ClientFrame.DeviceEvent(id, in.requiredName(NAME, ID_LENGTH), in.optionalJson(DATA));
      case "device_command" ->
          new ClientFrame.DeviceCommand(
              id,
              in.requiredName(DEVICE_ID, ID_LENGTH),
              in.name(USER_ID, NAME_LENGTH),
              in.requiredName(COMMAND, ID_LENGTH),
              in.optionalJson(PARAMS),
              in.wholeNumber(DEADLINE_MS, DEADLINE_MILLIS));
      case "get_stats" -> new ClientFrame.GetStats(id);
      default -> null;
    };
  }

  /** Writes what the server says, in UTF-8. */
  public static byte[] encode(ServerFrame frame) {
    return FrameWriter.write(frame);
  }

  /**
   * Writes an event, in UTF-8. Its body is taken as it is; its time is cut to the years 0 to 9999.
   */
  public static byte[] encode(EventFrame event) {
    return EventWriter.write(event);
  }

  /** The same answer once more, marked {@code "duplicate":true}; the given one is left alone. */
  public static byte[] duplicateOf(byte[] answer) {
    byte[] marked = Arrays.copyOf(answer, answer.length - 1 + DUPLICATE.length);
    System.arraycopy(DUPLICATE, 0, marked, answer.length - 1, DUPLICATE.length);
    return marked;
  }
}
