package dev.holdfast.server.tool;

import dev.holdfast.kinds.tool.Answer;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.ToolRequest;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Commands to tools and their calls, from sessions. Any thread. */
public final class ToolCommands implements Commands {

  private final Tools tools;
  private final ToolJson json;
  private final BinaryOperator<@Nullable String> rotate;

  /**
   * @param rotate changes the shared token from one to another; says why not, or null
   */
  public ToolCommands(Tools tools, ToolJson json, BinaryOperator<@Nullable String> rotate) {
    this.tools = tools;
    this.json = json;
    this.rotate = rotate;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    Principal who = caller.principal();
    switch (command) {
      case ClientFrame.ListTools(String id) ->
          caller.reply(new ServerFrame.Tools(id, RawJson.of(json.list(who.roles(), who.admin()))));
      case ClientFrame.CallTool call -> call(call, caller);
      case ClientFrame.CancelCall(String id, String requestId) -> {
        Call call = tools.find(caller.sessionId(), requestId);
        boolean was = call != null && call.user().equals(who.userId()) && tools.cancel(call);
        caller.reply(new ServerFrame.CallCancelled(id, requestId, was));
      }
      case ClientFrame.Health(String id) ->
          caller.reply(new ServerFrame.Health(id, RawJson.of(json.health())));
      case ClientFrame.RotateToken(String id, String before, String after) ->
          caller.reply(
              new ServerFrame.TokenRotated(
                  id, who.admin() ? rotate.apply(before, after) : "needs the role admin"));
      default -> throw new IllegalArgumentException("not a tool's: " + command);
    }
  }

  private void call(ClientFrame.CallTool wish, Caller caller) {
    Principal who = caller.principal();
    RawJson arguments = wish.arguments();
    Answer answer =
        tools.call(
            new ToolRequest(
                who.userId(),
                who.roles(),
                who.admin(),
                caller.sessionId(),
                caller.ip(),
                wish.id(),
                wish.name(),
                arguments == null ? null : arguments.bytes()));
    switch (answer) {
      case Answer.Refused(String id, ToolError error, String message, String more, long after) ->
          caller.reply(
              new ServerFrame.CallRefused(
                  id,
                  code(error),
                  error.name(),
                  message,
                  more == null ? null : RawJson.of(more),
                  after < 0 ? null : Long.valueOf(after)));
      case Answer.Called(Call call, boolean again) -> {
        caller.reply(
            new ServerFrame.CallAck(
                call.requestId(),
                call.tool().name(),
                call.timeoutMillis(),
                call.feedId().toString(),
                again));
        if (call.over() && (again || caller.dialect() == Dialect.OP)) {
          String result = Objects.requireNonNull(call.result(again));
          caller.reply(new ServerFrame.CallOver(call.requestId(), RawJson.of(result)));
        } else {
          caller.follow(call.feedId());
        }
      }
    }
  }

  /** How frames that say their type name a refusal. */
  public static ErrorCode code(ToolError error) {
    return switch (error) {
      case INVALID_REQUEST, VALIDATION_ERROR -> ErrorCode.BAD_REQUEST;
      case TIMEOUT -> ErrorCode.TIMEOUT;
      case OVER_CAPACITY -> ErrorCode.OVER_CAPACITY;
      case INTERNAL_ERROR -> ErrorCode.INTERNAL;
      case SERVICE_UNAVAILABLE -> ErrorCode.UNAVAILABLE;
      case TOOL_NOT_FOUND -> ErrorCode.NOT_FOUND;
      case TOOL_EXECUTION_ERROR, PROVIDER_ERROR -> ErrorCode.UPSTREAM_ERROR;
      case CANCELLED -> ErrorCode.CONFLICT;
    };
  }
}
