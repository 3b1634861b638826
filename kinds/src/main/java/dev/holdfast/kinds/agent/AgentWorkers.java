package dev.holdfast.kinds.agent;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.Outcome.Why;
import dev.holdfast.kinds.common.Assignment;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.common.Worker;
import dev.holdfast.kinds.common.Workers;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Agents that workers serve. Any thread. */
public final class AgentWorkers {

  private static final String RUN = "run";

  private final Agents agents;
  private final Workers workers;
  private final Map<Worker, Map<String, Service>> served = new HashMap<>();
  private final Map<String, Offer> offered = new HashMap<>();

  /** An agent as one worker serves it. */
  record Service(Offer offer, boolean restartable) {}

  /** How a worker's part in a run ended. */
  private sealed interface Ending {

    /** It said that the run is done. */
    record Done() implements Ending {}

    /** It said that the run failed. */
    record Failed(AgentException why) implements Ending {}

    /** It is gone. */
    record Lost() implements Ending {}
  }

  /** A run that a worker has been given. */
  private static final class Given extends Assignment {

    private final Run run;
    private final CompletableFuture<Ending> end = new CompletableFuture<>();

    Given(Run run) {
      super(RUN, run.request().agentId(), run.id(), told(run));
      this.run = run;
    }

    private static Members told(Run run) {
      Request request = run.request();
      return new Members()
          .text("run_id", run.id())
          .number("attempt", run.attempt())
          .text("agent_id", request.agentId())
          .text("user_id", request.user())
          .text("prompt", request.prompt())
          .text("action", request.action())
          .raw("params", request.params())
          .text("conversation_id", request.terms().conversationId());
    }

    @Override
    protected boolean ended() {
      return end.isDone();
    }

    @Override
    protected void lost() {
      end.complete(new Ending.Lost());
    }
  }

  /** What came of an offer to serve. */
  public sealed interface Serving {

    /**
     * It was taken.
     *
     * @param feed on which the worker is given runs
     */
    record Served(String workerId, FeedId feed) implements Serving {}

    /** It was not. */
    record Refused(Why why, String message) implements Serving {}
  }

  public AgentWorkers(Agents agents, Workers workers) {
    this.agents = agents;
    this.workers = workers;
    workers.whenLost(this::lost);
  }

  private synchronized void lost(Worker worker) {
    if (served.remove(worker) != null) {
      refreshOffers();
    }
  }

  /**
   * Takes a session for a worker that serves these agents, in place of those it served before.
   *
   * @param json a list of objects, as docs/agents.md has them
   */
  public Serving serve(String sessionId, String user, String json) {
    Map<String, Service> services = new LinkedHashMap<>();
    String wrong = Services.read(json, services, this::agent);
    if (wrong != null) {
      return new Serving.Refused(Why.BAD_REQUEST, wrong);
    }
    synchronized (this) {
      for (String agentId : services.keySet()) {
        if (!offered.containsKey(agentId) && agents.offered(agentId)) {
          return new Serving.Refused(
              Why.CONFLICT, "agents: '" + agentId + "' is an agent of the gateway's own");
        }
      }
      Map<String, Integer> room =
          services.entrySet().stream()
              .collect(
                  Collectors.toMap(Map.Entry::getKey, one -> one.getValue().offer().maxRuns()));
      Worker worker = workers.serve(sessionId, user, RUN, room);
      served.put(worker, services);
      refreshOffers();
      return new Serving.Served(worker.id(), Workers.feedId(worker));
    }
  }

  /** Offers what workers serve, with the room that they have together, and nothing else. */
  private void refreshOffers() {
    Map<String, Offer> now = new HashMap<>();
    for (Map<String, Service> services : served.values()) {
      services.forEach((agentId, service) -> {
        Offer before = now.get(agentId);
        now.put(agentId, before == null ? service.offer() : together(before, service));
      });
    }
    offered
        .entrySet()
        .removeIf(
            entry -> !now.containsKey(entry.getKey()) && agents.replace(entry.getValue(), null));
    now.forEach((agentId, offer) -> {
      Offer before = offered.get(agentId);
      boolean taken = before == null ? agents.offer(offer) : agents.replace(before, offer);
      if (taken) {
        offered.put(agentId, offer);
      }
    });
  }

  private static Offer together(Offer one, Service other) {
    Offer newer = other.offer();
    int room = (int) Math.min(Integer.MAX_VALUE, (long) one.maxRuns() + newer.maxRuns());
    return new Offer(
        newer.id(),
        newer.description(),
        newer.actions(),
        newer.prompts(),
        newer.roles(),
        room,
        null,
        newer.agent());
  }

  private synchronized boolean restartable(Worker worker, String agentId) {
    Service service = served.getOrDefault(worker, Map.of()).get(agentId);
    return service != null && service.restartable();
  }

  /**
   * Takes what a worker says of a run that it has been given.
   *
   * @param json as {@link Report} reads it
   */
  public Outcome report(String sessionId, String runId, String json) {
    Given given = workers.assignment(sessionId, runId, Given.class);
    if (given == null) {
      return Outcome.refused(Why.CONFLICT, "run_id: the run is not this worker's, or has ended");
    }
    Report.Meaning meaning =
        Report.apply(
            json,
            given.run,
            (asked, decision) ->
                given.tell(
                    "run_decision",
                    given.about().text("approval_id", asked).text("decision", decision)));
    switch (meaning) {
      case Report.Meaning.GoesOn _ -> {}
      case Report.Meaning.Done _ -> given.end.complete(new Ending.Done());
      case Report.Meaning.Failed(AgentException why) -> given.end.complete(new Ending.Failed(why));
      case Report.Meaning.Wrong(String why) -> {
        return Outcome.refused(Why.BAD_REQUEST, "event: " + why);
      }
    }
    return new Outcome.Done(given.run);
  }

  private Agent agent(String agentId) {
    return run -> work(agentId, run);
  }

  private void work(String agentId, Run run) throws InterruptedException, AgentException {
    while (true) {
      Given given = new Given(run);
      if (!workers.assign(given)) {
        throw new AgentException("unavailable", "no worker has room for this agent", true);
      }
      boolean restartable = restartable(given.worker(), agentId);
      try {
        run.inputTo(words -> {
          given.tell("run_input", given.about().raw("content", words));
          return true;
        });
        switch (given.end.get()) {
          case Ending.Done _ -> {
            return;
          }
          case Ending.Failed(AgentException why) -> throw why;
          case Ending.Lost _ -> {
            if (!restartable) {
              throw new AgentException("upstream_error", "the agent's worker was lost", true);
            }
            run.restarted("the agent's worker was lost");
          }
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } finally {
        given.close();
      }
    }
  }
}
