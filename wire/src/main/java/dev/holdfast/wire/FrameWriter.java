package dev.holdfast.wire;

import dev.holdfast.wire.ServerFrame.FeedPlace;
import dev.holdfast.wire.ServerFrame.Limits;
import dev.holdfast.wire.ServerFrame.Member;
import dev.holdfast.wire.ServerFrame.SnapshotFrame;
import dev.holdfast.wire.ServerFrame.Timeouts;
import org.jspecify.annotations.Nullable;

/** Writes what the server says apart from events: one method a type. On one thread, once. */
final class FrameWriter {

  private final JsonOutput json = new JsonOutput();

  private FrameWriter() {}

  static byte[] write(ServerFrame frame) {
    var writer = new FrameWriter();
    writer.json.begin();
    writer.writeFrame(frame);
    writer.json.end();
    return writer.json.bytes();
  }

  private void writeFrame(ServerFrame frame) {
    switch (frame) {
      case ServerFrame.Connected it -> connected(it);
      case ServerFrame.Refreshed it -> {
        type("refreshed", it);
        json.time("expires_at", it.expiresAtMillis());
      }
      case ServerFrame.TokenExpiring it -> {
        type("token_expiring", it);
        json.number("expires_in_ms", it.expiresInMs());
      }
      case ServerFrame.Reconnect it -> {
        type("reconnect", it);
        json.number("reconnect_after_ms", it.reconnectAfterMs());
      }
      case ServerFrame.Pong it -> {
        type("pong", it);
        json.raw("timestamp", it.timestamp());
      }
      case ServerFrame.Error it -> error(it);
      case ServerFrame.Ack it -> {
        type("ack", it);
        it.details().forEach(json::any);
      }
      case ServerFrame.Attached it -> attached(it);
      case ServerFrame.Status it -> status(it.terminal());
      case ServerFrame.Detached it -> {
        type("detached", it);
        json.text("feed", it.feed());
      }
      case ServerFrame.Subscribed it -> {
        type("subscribed", it);
        json.text("channel", it.channel());
        place(it.place());
      }
      case ServerFrame.Unsubscribed it -> {
        type("unsubscribed", it);
        json.text("channel", it.channel());
      }
      case ServerFrame.Gap it -> gap(it);
      case SnapshotFrame it -> {
        type("snapshot", it);
        json.text("feed", it.feed());
        snapshot(it);
      }
      case ServerFrame.History it -> history(it);
      case ServerFrame.Presence it -> presence(it);
      case ServerFrame.Stats it -> {
        type("stats", it);
        json.raw("data", it.data());
      }
      case ServerFrame.Tools it -> {
        type("tools", it);
        json.raw("tools", it.tools());
      }
      case ServerFrame.CallAck it -> callAck(it);
      case ServerFrame.CallRefused it -> {
        error(new ServerFrame.Error(it.id(), it.code(), it.message(), it.why(), it.retryAfterMs()));
        json.raw("details", it.details());
      }
      case ServerFrame.CallOver it -> {
        type("call_over", it);
        json.raw("result", it.result());
      }
      case ServerFrame.CallCancelled it -> {
        type("cancelled", it);
        json.text("request_id", it.requestId());
        json.flag("was_running", it.wasRunning());
      }
      case ServerFrame.Health it -> {
        type("health", it);
        json.raw("data", it.data());
      }
      case ServerFrame.TokenRotated it -> {
        type("token_rotated", it);
        json.text("error", it.error());
      }
      case ServerFrame.DeviceConnected it -> {
        type("connected", it);
        json.text("device_id", it.deviceId());
        json.text("user_id", it.userId());
        json.time("server_time", it.serverTimeMillis());
        json.number("heartbeat_interval_ms", it.heartbeatIntervalMs());
      }
      case ServerFrame.Registered it -> {
        type("registered", it);
        json.text("device_id", it.deviceId());
        json.text("feed", it.feed());
        json.time("registered_at", it.registeredAtMillis());
        json.text("last_command_id", it.lastCommandId());
      }
      case ServerFrame.HeartbeatAck it -> {
        type("heartbeat_ack", it);
        json.time("server_time", it.serverTimeMillis());
      }
      case ServerFrame.HeartbeatProbe it -> {
        type("heartbeat_probe", it);
        json.number("answer_within_ms", it.answerWithinMs());
      }
      case ServerFrame.DeviceResult it -> deviceResult(it);
      case ServerFrame.HelloRefused it ->
          error(
              new ServerFrame.Error(
                  null, ErrorCode.UNAUTHORIZED, it.message(), it.reason(), it.retryAfterMs()));
    }
  }

  private void type(String type, ServerFrame frame) {
    json.text("type", type);
    json.text("id", frame.id());
  }

  private void place(FeedPlace place) {
    json.text("feed", place.feed());
    json.text("position", place.position());
    json.flag("recovered", place.recovered());
  }

  private void connected(ServerFrame.Connected frame) {
    type("connected", frame);
    json.text("connection_id", frame.connectionId());
    json.text("session_id", frame.sessionId());
    json.text("user_id", frame.userId());
    json.flag("resumed", frame.resumed());
    json.time("server_time", frame.serverTimeMillis());
    json.number("heartbeat_interval_ms", frame.heartbeatIntervalMs());
    timeouts(frame.timeouts(), json);
    Limits limits = frame.limits();
    json.begin("limits");
    json.number("max_frame_bytes", limits.maxFrameBytes());
    json.number("max_attachments", limits.maxAttachments());
    json.number("history_page", limits.historyPage());
    json.end();
    json.each("feeds", frame.feeds(), this::feed);
  }

  /** How long each side waits for the next, as both dialects say it. */
  static void timeouts(Timeouts timeouts, JsonOutput json) {
    json.begin("timeouts");
    json.number("tool_ms", timeouts.toolMs());
    json.number("gateway_ms", timeouts.gatewayMs());
    json.number("proxy_ms", timeouts.proxyMs());
    json.number("client_ms", timeouts.clientMs());
    json.end();
  }

  private void feed(FeedPlace place) {
    json.begin();
    place(place);
    json.end();
  }

  private void callAck(ServerFrame.CallAck frame) {
    type("call_ack", frame);
    json.text("name", frame.name());
    json.number("timeout_ms", frame.timeoutMs());
    json.text("feed", frame.feed());
    if (frame.duplicate()) {
      json.flag("duplicate", true);
    }
  }

  private void deviceResult(ServerFrame.DeviceResult frame) {
    type("device_result", frame);
    json.text("command_id", frame.commandId());
    json.text("device_id", frame.deviceId());
    json.text("command", frame.command());
    json.flag("success", frame.success());
    json.raw("data", frame.data());
    json.raw("error", frame.error());
    json.raw("media", frame.media());
  }

  private void error(ServerFrame.Error frame) {
    type("error", frame);
    json.text("code", frame.code().text());
    json.text("message", frame.message());
    json.text("reason", frame.reason());
    json.number("retry_after_ms", frame.retryAfterMs());
  }

  private void attached(ServerFrame.Attached frame) {
    type("attached", frame);
    place(frame.place());
    SnapshotFrame snapshot = frame.snapshot();
    if (snapshot != null) {
      json.begin("snapshot");
      snapshot(snapshot);
      json.end();
    }
  }

  private void status(ServerFrame.@Nullable Watched terminal) {
    json.text("type", "status");
    json.flag("connected", true);
    if (terminal == null) {
      json.raw("session_id", RawJson.NULL);
      return;
    }
    json.text("session_id", terminal.terminalId());
    json.text("terminal_id", terminal.terminalId());
    json.number("rows", terminal.rows());
    json.number("cols", terminal.cols());
    json.number("viewers", terminal.viewers());
    place(terminal.place());
  }

  private void snapshot(SnapshotFrame frame) {
    json.text("position", frame.position());
    json.raw("state", RawJson.of(EventWriter.writeState(frame.state())));
  }

  private void gap(ServerFrame.Gap frame) {
    type("gap", frame);
    json.text("feed", frame.feed());
    json.number("from", frame.from());
    json.number("to", frame.to());
    json.text("reason", frame.reason());
  }

  private void history(ServerFrame.History frame) {
    type("history", frame);
    json.text("feed", frame.feed());
    json.each("events", frame.events(), event -> json.raw(RawJson.of(EventWriter.write(event))));
    json.text("position", frame.position());
    json.flag("complete", frame.complete());
  }

  private void presence(ServerFrame.Presence frame) {
    type("presence", frame);
    json.text("channel", frame.channel());
    json.each("members", frame.members(), this::member);
    json.number("total", frame.total());
  }

  private void member(Member member) {
    json.begin();
    json.text("user_id", member.userId());
    json.number("connections", member.connections());
    json.end();
  }
}
