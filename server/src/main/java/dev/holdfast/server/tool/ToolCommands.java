package dev.holdfast.server.tool;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.tool.Answer;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.ToolRequest;
import dev.holdfast.kinds.tool.ToolWorkers;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.worker.WorkerFeeds;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Commands to tools and their calls, from sessions. Any thread. */
public final class ToolCommands implements Commands {

  private final Tools tools;
  private final ToolWorkers workers;
  private final ToolJson json;
  private final BinaryOperator<@Nullable String> rotate;

  /**
   * @param rotate changes the shared token from one to another; says why not, or null
   */
  public ToolCommands(
      Tools tools, ToolWorkers workers, ToolJson json, BinaryOperator<@Nullable String> rotate) {
    this.tools = tools;
    this.workers = workers;
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
        Call call = tools.find(who.userId(), caller.sessionId(), requestId);
        boolean was = call != null && tools.cancel(call);
        caller.reply(new ServerFrame.CallCancelled(id, requestId, was));
      }
      case ClientFrame.ServeTools(String id, String provider, RawJson list) -> {
        if (WorkerFeeds.mayServe(caller, id)) {
          String session = caller.sessionId();
          said(caller, id, workers.serve(session, who.userId(), provider, list.toString()));
        }
      }
      case ClientFrame.ReportCall(String id, String callId, RawJson data) ->
          said(caller, id, workers.report(caller.sessionId(), callId, data.toString()));
      case ClientFrame.Health(String id) ->
          caller.reply(new ServerFrame.Health(id, RawJson.of(json.health())));
      case ClientFrame.RotateToken(String id, String before, String after) ->
          caller.reply(
              new ServerFrame.TokenRotated(
                  id, who.admin() ? rotate.apply(before, after) : "needs the role admin"));
      default -> throw new IllegalArgumentException("not a tool's: " + command);
    }
  }

  private static void said(Caller caller, @Nullable String id, ToolWorkers.Outcome outcome) {
    switch (outcome) {
      case ToolWorkers.Outcome.Served(String workerId, FeedId feed) ->
          WorkerFeeds.serves(caller, id, workerId, feed);
      case ToolWorkers.Outcome.Told(String callId) -> caller.ack(id, Map.of("call_id", callId));
      case ToolWorkers.Outcome.Refused(boolean conflict, String message) ->
          caller.refuse(id, conflict ? ErrorCode.CONFLICT : ErrorCode.BAD_REQUEST, message);
    }
  }

  private void call(ClientFrame.CallTool wish, Caller caller) {
    RawJson arguments = wish.arguments();
    Answer answer =
        tools.call(
            request(
                caller.principal(),
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

  /** The wish of somebody, with its rights; the rest as {@link ToolRequest} has it. */
  public static ToolRequest request(
      Principal who,
      String session,
      @Nullable String ip,
      @Nullable String requestId,
      String tool,
      byte @Nullable [] arguments) {
    return new ToolRequest(
        who.userId(), who.roles(), who.admin(), session, ip, requestId, tool, arguments);
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
