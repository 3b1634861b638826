package dev.holdfast.server.http;

import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Offer;
import dev.holdfast.kinds.agent.Outcome;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.server.agent.AgentCommands;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import dev.holdfast.wire.ClientFrame;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.util.RawValue;

/** Agents and their runs, for whoever may run them. */
final class RunRoutes {

  private final Agents agents;
  private final Channels channels;

  RunRoutes(Parts parts) {
    this.agents = parts.agents();
    this.channels = parts.channels();
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/agents", Routes.ANYBODY, (r, v, p) -> offers(r, p));
    routes.add("POST", "/api/runs", Routes.ANYBODY, (r, v, p) -> start(r, p));
    routes.add("GET", "/api/runs", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/runs/{id}", Routes.ANYBODY, (r, v, p) -> show(v, p));
    routes.add("GET", "/api/runs/{id}/events", Routes.ANYBODY, (r, v, p) -> events(r, v, p));
    routes.add("POST", "/api/runs/{id}/approve", Routes.ANYBODY, (r, v, p) -> approve(r, v, p));
    routes.add("POST", "/api/runs/{id}/input", Routes.ANYBODY, (r, v, p) -> input(r, v, p));
    routes.add("POST", "/api/runs/{id}/cancel", Routes.ANYBODY, (r, v, p) -> cancel(v, p));
  }

  private Reply offers(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            agents.offers(who.roles(), who.admin()).stream(),
            Offer::id,
            offer -> offer.id() + " " + offer.description())
        .reply("agents", RunRoutes::shown);
  }

  private static Map<String, Object> shown(Offer offer) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("agent_id", offer.id());
    shown.put("description", offer.description());
    shown.put("prompts", offer.prompts());
    shown.put("actions", offer.actions());
    return shown;
  }

  private Reply start(HttpRequest request, Principal who) {
    ClientFrame.Run wish = Body.command(request, "run", ClientFrame.Run.class);
    String channel = wish.publishTo();
    if (channel != null && !AgentCommands.mayTell(channels, channel, who)) {
      return Reply.error(403, "forbidden", "publish_to: you may not publish to '" + channel + "'");
    }
    Outcome outcome = agents.start(AgentCommands.request(wish, who));
    boolean streams = request.headers().getOrDefault("accept", "").contains("text/event-stream");
    return streams && outcome instanceof Outcome.Done(Run run)
        ? RunStream.of(run, null)
        : answer(outcome);
  }

  private Reply events(HttpRequest request, Map<String, String> path, Principal who) {
    Run run = agents.find(path.getOrDefault("id", ""), who.userId(), who.admin());
    String last = request.headers().get("last-event-id");
    return run == null
        ? Reply.error(404, "not_found", "no such run")
        : RunStream.of(run, last == null ? request.query().get("after") : last);
  }

  private Reply approve(HttpRequest request, Map<String, String> path, Principal who) {
    Body body = Body.of(request);
    String decision = body.optionalText("decision");
    return answer(
        agents.approve(
            path.getOrDefault("id", ""),
            body.text("approval_id"),
            decision == null ? "approve" : decision,
            who.userId(),
            who.admin()));
  }

  private Reply input(HttpRequest request, Map<String, String> path, Principal who) {
    String content = Body.of(request).json("content");
    return answer(agents.input(path.getOrDefault("id", ""), content, who.userId(), who.admin()));
  }

  private static Reply answer(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(Run run) ->
          Reply.json(200, Map.of("run_id", run.id(), "feed", run.feed().id().toString()));
      case Outcome.Refused(Outcome.Why why, String message, long retryAfter) -> {
        Reply refused = Reply.error(status(why), AgentCommands.code(why).text(), message);
        yield retryAfter < 0
            ? refused
            : refused.with("retry-after", Long.toString((retryAfter + 999) / 1000));
      }
    };
  }

  private static int status(Outcome.Why why) {
    return switch (why) {
      case BAD_REQUEST -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case OVER_CAPACITY -> 503;
    };
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            agents.runs(who.userId(), who.admin()),
            run -> Paging.newestFirst(run.startedMillis(), run.id()),
            run -> run.id() + " " + run.request().agentId() + " " + run.request().user())
        .reply("runs", run -> new RawValue(run.listed()));
  }

  private Reply show(Map<String, String> path, Principal who) {
    Run run = agents.find(path.getOrDefault("id", ""), who.userId(), who.admin());
    return run == null ? Reply.error(404, "not_found", "no such run") : Reply.raw(run.describe());
  }

  private Reply cancel(Map<String, String> path, Principal who) {
    return answer(agents.cancel(path.getOrDefault("id", ""), who.userId(), who.admin()));
  }
}
