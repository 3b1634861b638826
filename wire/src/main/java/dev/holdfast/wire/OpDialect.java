package dev.holdfast.wire;

import static dev.holdfast.wire.Field.ARGUMENTS;
import static dev.holdfast.wire.Field.CALL_FEED;
import static dev.holdfast.wire.Field.FROM;
import static dev.holdfast.wire.Field.NAME;
import static dev.holdfast.wire.Field.NEW;
import static dev.holdfast.wire.Field.OLD;
import static dev.holdfast.wire.Field.OP;
import static dev.holdfast.wire.Field.REQUEST_ID;
import static dev.holdfast.wire.Field.SESSION_ID;
import static dev.holdfast.wire.Field.TOKEN;
import static dev.holdfast.wire.Field.TOOL;
import static dev.holdfast.wire.Field.USER_ID;
import static dev.holdfast.wire.Fields.FEED_LENGTH;
import static dev.holdfast.wire.Fields.ID_LENGTH;
import static dev.holdfast.wire.Fields.NAME_LENGTH;
import static dev.holdfast.wire.Fields.TOKEN_LENGTH;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dialect of tools, in which every frame is one JSON object that says its {@code op} and, where
 * it belongs to a request, its {@code request_id}. The same things are said in it as in {@link
 * TypeDialect}, as far as they concern tools. Stateless; any thread.
 */
public final class OpDialect {

  private static final int OP_SHOWN = 64;
  private static final String CALLS = "call:";

  private OpDialect() {}

  /** Reads a frame from a client; see {@link TypeDialect#decode(byte[], String)}. */
  public static Inbound decode(byte[] frame) {
    Envelope envelope = Envelope.read(frame);
    String broken = envelope.broken();
    if (broken != null) {
      return new Inbound.Malformed(null, ErrorCode.BAD_JSON, broken);
    }
    var fields = new Fields(envelope);
    String id = fields.id(REQUEST_ID);
    String op = fields.type(OP, null);
    ClientFrame command = fields.fault() == null ? frame(op, id, fields) : null;
    String fault = fields.fault();
    if (fault != null) {
      return new Inbound.Malformed(id, ErrorCode.BAD_REQUEST, fault);
    }
    return command == null
        ? new Inbound.Malformed(
            id, ErrorCode.UNKNOWN_TYPE, "unknown op \"" + JsonText.shown(op, OP_SHOWN) + "\"")
        : command;
  }

  /**
   * Reads the first frame of a client, which has to be a hello: any other op counts as one that
   * does not exist, whatever else is in the frame.
   */
  static Inbound decodeFirst(byte[] frame) {
    Envelope.Value op = Envelope.read(frame).find(OP);
    Inbound read = decode(frame);
    boolean broken =
        read instanceof Inbound.Malformed malformed && malformed.code() == ErrorCode.BAD_JSON;
    return broken || (op != null && "hello".equals(op.text()))
        ? read
        : new Inbound.Malformed(null, ErrorCode.UNKNOWN_TYPE, "say hello first");
  }

  /** The frame of an op; null for an op that does not exist. */
  private static @Nullable ClientFrame frame(String op, @Nullable String id, Fields in) {
    return switch (op) {
      case "hello" ->
          new ClientFrame.Connect(
              null,
              in.text(TOKEN, TOKEN_LENGTH),
              in.text(SESSION_ID, ID_LENGTH),
              in.name(USER_ID, NAME_LENGTH),
              Map.of());
      case "list_tools" -> new ClientFrame.ListTools(id);
      case "call_tool" ->
          new ClientFrame.CallTool(
              id, in.requiredName(NAME, NAME_LENGTH), in.optionalValue(ARGUMENTS));
      case "tool_call" ->
          new ClientFrame.CallTool(
              id, in.requiredName(TOOL, NAME_LENGTH), in.optionalValue(ARGUMENTS));
      case "cancel" -> new ClientFrame.CancelCall(id, in.requiredName(REQUEST_ID, ID_LENGTH));
      case "attach_call" -> {
        String feed = in.requiredName(CALL_FEED, FEED_LENGTH);
        if (!feed.isEmpty() && !feed.startsWith(CALLS)) {
          in.refuse(CALL_FEED, "must be the feed of a call");
        }
        yield new ClientFrame.Attach(
            id, feed, in.has(FROM) ? in.from() : new ClientFrame.Begin.Start());
      }
      case "ping" -> new ClientFrame.Ping(id, null);
      case "health" -> new ClientFrame.Health(id);
      case "rotate_token" ->
          new ClientFrame.RotateToken(
              id, in.requiredText(OLD, TOKEN_LENGTH), in.requiredText(NEW, TOKEN_LENGTH));
      default -> null;
    };
  }

  /** Writes what the server says, in UTF-8. */
  public static byte[] encode(ServerFrame frame) {
    JsonOutput json = new JsonOutput();
    json.begin();
    write(frame, json);
    json.end();
    return json.bytes();
  }

  private static void write(ServerFrame frame, JsonOutput json) {
    switch (frame) {
      case ServerFrame.Connected it -> connected(it, json);
      case ServerFrame.HelloRefused it -> {
        json.text("op", "hello_ack");
        json.flag("ok", false);
        json.text("error", it.reason());
        json.text("message", it.message());
        json.number("retry_after_ms", it.retryAfterMs());
      }
      case ServerFrame.Pong it -> op("pong", it, json);
      case ServerFrame.Tools it -> {
        op("list_tools_res", it, json);
        json.raw("tools", it.tools());
      }
      case ServerFrame.CallAck it -> {
        op("call_tool_ack", it, json);
        json.flag("accepted", true);
        json.text("name", it.name());
        json.number("timeout_ms", it.timeoutMs());
        json.text("call_feed", it.feed());
        if (it.duplicate()) {
          json.flag("duplicate", true);
        }
      }
      case ServerFrame.CallRefused it -> {
        op("call_tool_res", it, json);
        json.flag("ok", false);
        error(it.why(), it.message(), it.details(), it.retryAfterMs(), json);
      }
      case ServerFrame.CallOver it -> {
        json.text("op", "call_tool_res");
        json.members(it.result());
      }
      case ServerFrame.CallCancelled it -> {
        json.text("op", "cancelled");
        json.text("request_id", it.requestId());
        json.flag("was_running", it.wasRunning());
      }
      case ServerFrame.Attached it -> {
        op("attach_call_ack", it, json);
        json.text("call_feed", it.place().feed());
        json.text("position", it.place().position());
        json.flag("recovered", it.place().recovered());
        if (it.snapshot() != null) {
          json.raw("snapshot", RawJson.of(EventWriter.writeState(it.snapshot().state())));
        }
      }
      case ServerFrame.Health it -> {
        op("health_res", it, json);
        json.flag("ok", true);
        json.raw("health", it.data());
      }
      case ServerFrame.TokenRotated it -> {
        op("rotate_token_res", it, json);
        json.flag("ok", it.error() == null);
        json.text("error", it.error());
      }
      case ServerFrame.Error it -> {
        op("error", it, json);
        error(it.code().op(), it.message(), null, it.retryAfterMs(), json);
      }
      case ServerFrame.Reconnect it -> {
        json.text("op", "reconnect");
        json.number("reconnect_after_ms", it.reconnectAfterMs());
      }
      case ServerFrame.TokenExpiring it -> {
        json.text("op", "token_expiring");
        json.number("expires_in_ms", it.expiresInMs());
      }
      case ServerFrame.Gap it -> {
        json.text("op", "gap");
        json.text("call_feed", it.feed());
        json.number("from", it.from());
        json.number("to", it.to());
        json.text("reason", it.reason());
      }
      case ServerFrame.SnapshotFrame it -> {
        json.text("op", "snapshot");
        json.text("call_feed", it.feed());
        json.text("position", it.position());
        json.raw("state", RawJson.of(EventWriter.writeState(it.state())));
      }
      case ServerFrame.Refreshed _,
          ServerFrame.Ack _,
          ServerFrame.Status _,
          ServerFrame.Detached _,
          ServerFrame.Subscribed _,
          ServerFrame.Unsubscribed _,
          ServerFrame.History _,
          ServerFrame.Presence _,
          ServerFrame.Stats _,
          ServerFrame.DeviceConnected _,
          ServerFrame.Registered _,
          ServerFrame.HeartbeatAck _,
          ServerFrame.HeartbeatProbe _,
          ServerFrame.DeviceResult _ ->
          throw new IllegalArgumentException("not of this dialect: " + frame.getClass());
    }
  }

  private static void op(String op, ServerFrame frame, JsonOutput json) {
    json.text("op", op);
    json.text("request_id", frame.id());
  }

  private static void connected(ServerFrame.Connected frame, JsonOutput json) {
    json.text("op", "hello_ack");
    json.flag("ok", true);
    json.text("session_id", frame.sessionId());
    json.flag("resumed", frame.resumed());
    FrameWriter.timeouts(frame.timeouts(), json);
  }

  private static void error(
      String code,
      String message,
      @Nullable RawJson details,
      @Nullable Long retryAfterMs,
      JsonOutput json) {
    json.begin("error");
    json.text("code", code);
    json.text("message", message);
    json.raw("details", details);
    json.number("retry_after_ms", retryAfterMs);
    json.end();
  }

  /** Writes an event of a call, in UTF-8. */
  public static byte[] encode(EventFrame event) {
    String op =
        switch (event.type()) {
          case "result" -> "call_tool_res";
          case "chunk" -> "stream_chunk";
          case "complete" -> "stream_complete";
          default -> event.type();
        };
    return EventWriter.writeOp(
        new EventFrame(
            op, event.body(), event.millis(), event.feed(), event.offset(), event.span()));
  }
}
