package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A client of the tools' own dialect. One thread. */
final class Ops implements AutoCloseable {

  /** What errors of calls can be. */
  static final List<String> CODES =
      List.of(
          "INVALID_REQUEST",
          "UNAUTHORIZED",
          "NOT_FOUND",
          "TIMEOUT",
          "VALIDATION_ERROR",
          "OVER_CAPACITY",
          "INTERNAL_ERROR",
          "SERVICE_UNAVAILABLE",
          "TOOL_NOT_FOUND",
          "TOOL_EXECUTION_ERROR",
          "PROVIDER_ERROR",
          "PROTOCOL_ERROR",
          "CANCELLED");

  final Peer peer;

  private Ops(Peer peer) {
    this.peer = peer;
  }

  /** Connects, and says nothing. */
  static Ops silent(Trial t, String target) throws IOException {
    return new Ops(t.connect(target));
  }

  /** Connects as a user of a gateway in development mode, and is admitted. */
  static Ops as(Trial t, String user) throws IOException, InterruptedException {
    return as(t, user, "");
  }

  /** The same, with further fields of hello as they are. */
  static Ops as(Trial t, String user, String more) throws IOException, InterruptedException {
    Ops ops = silent(t, "/ws/tools");
    ops.say("{'op':'hello','user_id':'%s'%s}", user, more);
    Check.equal("ok", true, ops.next("hello_ack").fields().get("ok"));
    return ops;
  }

  /** Connects with a user's token, and is admitted. */
  static Ops admitted(Trial t, String user, String... roles)
      throws IOException, InterruptedException {
    Ops ops = silent(t, "/ws/tools");
    String claims = "'roles':['" + String.join("','", roles) + "']";
    ops.say("{'op':'hello','token':'%s'}", t.token(user, claims));
    Check.equal("ok", true, ops.next("hello_ack").fields().get("ok"));
    return ops;
  }

  Ops say(String frame, Object... arguments) throws IOException {
    peer.say(frame, arguments);
    return this;
  }

  /** Calls a tool; single quotes in the arguments stand for double ones. */
  Ops call(String id, String tool, String arguments) throws IOException {
    return say(
        "{'op':'call_tool','request_id':'%s','name':'%s','arguments':%s}", id, tool, arguments);
  }

  /** The next frame, which is of that op. */
  Frame next(String op) throws InterruptedException {
    Frame frame = peer.next();
    if (!op.equals(frame.text("op"))) {
      throw new AssertionError(op + " expected: " + frame);
    }
    return frame;
  }

  /** The next frame of that op and that request; others are passed over. */
  Frame next(String op, String id) throws InterruptedException {
    while (true) {
      Frame frame = peer.next();
      if (op.equals(frame.text("op")) && id.equals(frame.text("request_id"))) {
        return frame;
      }
    }
  }

  /** The result of a call; what comes before it is passed over. */
  Frame result(String id) throws InterruptedException {
    return next("call_tool_res", id);
  }

  /** The text of a result that went well. */
  static String text(Frame result) {
    Check.equal("ok in " + result, true, result.fields().get("ok"));
    return result.fields().get("outputs") instanceof List<?> outputs
            && outputs.getFirst() instanceof Map<?, ?> output
        ? String.valueOf(output.get("text"))
        : "";
  }

  /** The error of a frame, which has that code. */
  static Map<?, ?> error(Frame frame, String code) {
    Check.that("an error", frame.fields().get("error") instanceof Map<?, ?>, frame);
    Map<?, ?> error = (Map<?, ?>) frame.fields().get("error");
    if (error == null || !code.equals(error.get("code"))) {
      throw new AssertionError(code + " expected: " + frame);
    }
    Check.that("message", error.get("message") instanceof String, frame);
    return error;
  }

  /** How a provider is. */
  Map<?, ?> provider(String id) throws IOException, InterruptedException {
    say("{'op':'health','request_id':'h'}");
    Frame frame = next("health_res", "h");
    if (frame.fields().get("health") instanceof Map<?, ?> health
        && health.get("providers") instanceof Map<?, ?> providers
        && providers.get(id) instanceof Map<?, ?> provider) {
      return provider;
    }
    throw new AssertionError("no provider " + id + ": " + frame);
  }

  void nothing() throws IOException, InterruptedException {
    say("{'op':'ping','request_id':'nothing'}");
    Check.equal("pong", "nothing", next("pong").text("request_id"));
  }

  @Override
  public void close() {
    peer.close();
  }
}
