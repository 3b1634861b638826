package dev.holdfast.server.agent;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.AgentWorkers;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Outcome;
import dev.holdfast.kinds.agent.Request;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.agent.Terms;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.server.channel.Subjects;
import dev.holdfast.server.worker.WorkerFeeds;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Opening;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands to agents and their runs, from sessions. Any thread. */
public final class AgentCommands implements Commands {

  private final Agents agents;
  private final AgentWorkers workers;
  private final Channels channels;

  public AgentCommands(Agents agents, AgentWorkers workers, Channels channels) {
    this.agents = agents;
    this.workers = workers;
    this.channels = channels;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    String user = caller.principal().userId();
    boolean admin = caller.principal().admin();
    switch (command) {
      case ClientFrame.Run run -> start(run, caller);
      case ClientFrame.Cancel(String id, String runId) ->
          obeyed(caller, id, agents.cancel(runId, user, admin));
      case ClientFrame.Approve(String id, String runId, String approvalId, String decision) ->
          obeyed(caller, id, agents.approve(runId, approvalId, decision, user, admin));
      case ClientFrame.Input(String id, String runId, RawJson content) ->
          obeyed(caller, id, agents.input(runId, content.toString(), user, admin));
      case ClientFrame.Serve(String id, RawJson list) -> serve(caller, id, list);
      case ClientFrame.Report(String id, String runId, RawJson data) ->
          obeyed(caller, id, workers.report(caller.sessionId(), runId, data.toString()));
      default -> throw new IllegalArgumentException("not an agent's: " + command);
    }
  }

  private void start(ClientFrame.Run run, Caller caller) {
    String channel = run.publishTo();
    if (channel != null && !mayTell(channels, channel, caller.principal())) {
      caller.refuse(
          run.id(), ErrorCode.FORBIDDEN, "publish_to: you may not publish to '" + channel + "'");
    } else {
      started(caller, run.id(), agents.start(request(run, caller.principal())));
    }
  }

  /** Whether somebody may have a channel told of a run. */
  public static boolean mayTell(Channels channels, String channel, Principal who) {
    return Opening.validChannel(channel) && channels.mayPublish(Subjects.of(who), channel);
  }

  private void serve(Caller caller, @Nullable String id, RawJson list) {
    if (!WorkerFeeds.mayServe(caller, id)) {
      return;
    }
    String user = caller.principal().userId();
    switch (workers.serve(caller.sessionId(), user, list.toString())) {
      case AgentWorkers.Serving.Refused(Outcome.Why why, String message) ->
          caller.refuse(id, code(why), message);
      case AgentWorkers.Serving.Served(String workerId, FeedId feed) ->
          WorkerFeeds.serves(caller, id, workerId, feed);
    }
  }

  /** The wish of somebody, with its rights. */
  public static Request request(ClientFrame.Run run, Principal who) {
    return new Request(
        who.userId(),
        who.roles(),
        who.admin(),
        run.agentId(),
        run.prompt(),
        run.action(),
        run.params() == null ? null : run.params().toString(),
        new Terms(
            run.deadlineMs() == null ? null : Duration.ofMillis(run.deadlineMs()),
            run.cancelAfterMs() == null ? null : Duration.ofMillis(run.cancelAfterMs()),
            run.conversationId(),
            run.publishTo(),
            run.guidance()));
  }

  private static void started(Caller caller, @Nullable String id, Outcome outcome) {
    if (outcome instanceof Outcome.Done(Run run)) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("run_id", run.id());
      details.put("feed", run.feed().id().toString());
      caller.ack(id, details);
      caller.follow(run.feed().id());
    } else {
      obeyed(caller, id, outcome);
    }
  }

  private static void obeyed(Caller caller, @Nullable String id, Outcome outcome) {
    switch (outcome) {
      case Outcome.Done(Run run) -> caller.ack(id, Map.of("run_id", run.id()));
      case Outcome.Refused(Outcome.Why why, String message, long retryAfter) ->
          caller.reply(
              new ServerFrame.Error(
                  id, code(why), message, null, retryAfter < 0 ? null : Long.valueOf(retryAfter)));
    }
  }

  /** How the wire names a refusal. */
  public static ErrorCode code(Outcome.Why why) {
    return switch (why) {
      case BAD_REQUEST -> ErrorCode.BAD_REQUEST;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case CONFLICT -> ErrorCode.CONFLICT;
      case OVER_CAPACITY -> ErrorCode.OVER_CAPACITY;
    };
  }
}
