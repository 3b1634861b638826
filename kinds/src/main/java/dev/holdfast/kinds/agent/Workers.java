package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.agent.Outcome.Why;
import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The processes that connect to the gateway and do runs for it. Each reads a feed of its own on
 * which it is given runs; several that serve the same agent share its load. Any thread.
 */
public final class Workers {

  /** The kind of a worker's feed. */
  public static final String KIND = "worker";

  private static final Retention KEPT = new Retention(10_000, 8L << 20, Duration.ofHours(1));
  private static final int RADIX = 36;

  private final Engine engine;
  private final Agents agents;
  private final Duration lease;
  private final Duration patience;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ConcurrentMap<String, Worker> bySession = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Worker> byId = new ConcurrentHashMap<>();
  private final Map<String, Offer> offered = new HashMap<>();

  /** What came of an offer to serve. */
  public sealed interface Serving {

    /**
     * It was taken.
     *
     * @param feed on which the worker is given runs
     */
    record Served(String workerId, FeedId feed, Set<String> agentIds) implements Serving {}

    /** It was not. */
    record Refused(Why why, String message) implements Serving {}
  }

  /**
   * @param lease how long a worker may be away before it is lost
   * @param patience how long a run waits for a worker that has room for it
   */
  public Workers(
      Engine engine,
      Agents agents,
      Duration lease,
      Duration patience,
      InstantSource clock,
      LongSupplier random) {
    this.engine = engine;
    this.agents = agents;
    this.lease = lease;
    this.patience = patience;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Takes a session for a worker that serves these agents, in place of those it served before.
   *
   * @param json a list of objects, as docs/agents.md has them
   */
  public Serving serve(String sessionId, String user, String json) {
    Map<String, Worker.Service> services = new LinkedHashMap<>();
    String wrong = Services.read(json, services, this::agent);
    if (wrong != null) {
      return new Serving.Refused(Why.BAD_REQUEST, wrong);
    }
    Worker worker;
    synchronized (this) {
      for (String agentId : services.keySet()) {
        if (!offered.containsKey(agentId) && agents.offered(agentId)) {
          return new Serving.Refused(
              Why.CONFLICT, "agents: '" + agentId + "' is an agent of the gateway's own");
        }
      }
      worker = bySession.computeIfAbsent(sessionId, session -> enlist(user));
      worker.serve(services);
      refreshOffers();
      notifyAll();
    }
    return new Serving.Served(
        worker.id(), worker.owner().feed().id(), new TreeSet<>(services.keySet()));
  }

  private Worker enlist(String user) {
    String id = Long.toUnsignedString(random.getAsLong(), RADIX);
    Worker worker = new Worker(id, user, engine.own(new FeedId(KIND, id), KEPT), clock.millis());
    byId.put(id, worker);
    return worker;
  }

  /** Offers what workers serve, with the room that they have together, and nothing else. */
  private void refreshOffers() {
    Map<String, Offer> now = new HashMap<>();
    for (Worker worker : byId.values()) {
      worker
          .services()
          .forEach((agentId, service) -> {
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

  private static Offer together(Offer one, Worker.Service other) {
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

  /** The feed of a worker, for its own user and for administrators; null for others. */
  public @Nullable Feed feed(String workerId, String user, boolean admin) {
    Worker worker = byId.get(workerId);
    return worker != null && (admin || worker.user().equals(user)) ? worker.owner().feed() : null;
  }

  /** A worker reads its feed from now on. */
  public void present(String workerId) {
    Worker worker = byId.get(workerId);
    if (worker != null) {
      worker.present();
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** A worker reads its feed no more. */
  public void absent(String workerId) {
    Worker worker = byId.get(workerId);
    if (worker != null) {
      worker.absent(clock.millis());
    }
  }

  /**
   * Takes what a worker says of a run that it has been given.
   *
   * @param json as {@link Report} reads it
   */
  public Outcome report(String sessionId, String runId, String json) {
    Worker worker = bySession.get(sessionId);
    Worker.Assignment assignment = worker == null ? null : worker.assignment(runId);
    if (worker == null || assignment == null) {
      return Outcome.refused(Why.CONFLICT, "run_id: the run is not this worker's, or has ended");
    }
    Report.Meaning meaning =
        Report.apply(
            json,
            assignment.run(),
            (asked, decision) ->
                worker.tell(
                    "run_decision",
                    new Members()
                        .text("run_id", runId)
                        .text("approval_id", asked)
                        .text("decision", decision)));
    switch (meaning) {
      case Report.Meaning.GoesOn _ -> {}
      case Report.Meaning.Done _ -> assignment.ended().complete(new Worker.Ending.Done());
      case Report.Meaning.Failed(AgentException why) ->
          assignment.ended().complete(new Worker.Ending.Failed(why));
      case Report.Meaning.Wrong(String why) -> {
        return Outcome.refused(Why.BAD_REQUEST, "event: " + why);
      }
    }
    return new Outcome.Done(assignment.run());
  }

  /** Workers that are known now, there or away for a moment. */
  public int size() {
    return byId.size();
  }

  /** Gives up workers that have been away for too long; to be called several times a second. */
  public void tick() {
    long before = clock.millis() - lease.toMillis();
    for (Map.Entry<String, Worker> entry : bySession.entrySet()) {
      Worker worker = entry.getValue();
      if (worker.awaySince(before)) {
        synchronized (this) {
          bySession.remove(entry.getKey(), worker);
          byId.remove(worker.id(), worker);
          refreshOffers();
        }
        worker.lose();
        engine.remove(worker.owner().feed().id());
      }
    }
  }

  private Agent agent(String agentId) {
    return run -> work(agentId, run);
  }

  private void work(String agentId, Run run) throws InterruptedException, AgentException {
    while (true) {
      Worker.Assignment assignment = assigned(agentId, run);
      if (assignment == null) {
        throw new AgentException("unavailable", "no worker has room for this agent", true);
      }
      try {
        run.inputTo(words -> {
          Members told = new Members().text("run_id", run.id()).raw("content", words);
          assignment.worker().tell("run_input", told);
          return true;
        });
        switch (assignment.ended().get()) {
          case Worker.Ending.Done _ -> {
            return;
          }
          case Worker.Ending.Failed(AgentException why) -> throw why;
          case Worker.Ending.Lost _ -> {
            if (!assignment.worker().restartable(agentId)) {
              throw new AgentException("upstream_error", "the agent's worker was lost", true);
            }
            run.restarted("the agent's worker was lost");
          }
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } finally {
        assignment.close();
      }
    }
  }

  /** Finds the worker with the least to do that has room; null when there is none in time. */
  private Worker.@Nullable Assignment assigned(String agentId, Run run)
      throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (true) {
        List<Worker> able = new ArrayList<>();
        for (Worker worker : byId.values()) {
          if (worker.room(agentId) > 0) {
            able.add(worker);
          }
        }
        if (!able.isEmpty()) {
          able.sort(Comparator.comparingInt(Worker::busy).thenComparing(Worker::id));
          return able.getFirst().assign(run);
        }
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        // Room that a run's end makes is told to nobody, hence seen soon.
        wait(Math.min(left, 100));
      }
    }
  }
}
