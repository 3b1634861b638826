package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.Outcome.Done;
import dev.holdfast.kinds.agent.Outcome.Refused;
import dev.holdfast.kinds.agent.Outcome.Why;
import dev.holdfast.kinds.common.Ids;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All agents and their runs. Each run works on a virtual thread of its own. Any thread. */
public final class Agents implements AutoCloseable {

  /** The kind of a run's feed. */
  public static final String KIND = "run";

  private static final System.Logger LOG = System.getLogger(Agents.class.getName());
  private static final long BUSY_RETRY_MILLIS = 1_000;

  private final Engine engine;
  private final AgentSettings settings;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ScheduledExecutorService timer;
  private final Publisher publisher;
  private final RunTelemetry telemetry;
  private final Quotas quotas;
  private final Map<String, Offer> offers = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<String, Run> runs = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Run> working = new ConcurrentHashMap<>();

  /**
   * @param random gives ids that nobody can guess
   * @param timer runs deadlines, for which it only has to cancel
   * @param publisher tells channels of the runs that ask for it
   */
  public Agents(
      Engine engine,
      AgentSettings settings,
      InstantSource clock,
      LongSupplier random,
      ScheduledExecutorService timer,
      Publisher publisher,
      RunTelemetry telemetry) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.timer = timer;
    this.publisher = publisher;
    this.telemetry = telemetry;
    this.quotas = new Quotas(settings);
  }

  /** Offers an agent from now on; false where there is one of that id. */
  public boolean offer(Offer offer) {
    return offers.putIfAbsent(offer.id(), offer) == null;
  }

  boolean offered(String agentId) {
    return offers.containsKey(agentId);
  }

  /** Replaces an offer by another of that id, or by none; false where it is not the one there. */
  boolean replace(Offer before, @Nullable Offer after) {
    return after == null
        ? offers.remove(before.id(), before)
        : offers.replace(before.id(), before, after);
  }

  /** The agents that somebody with these roles may run. */
  public List<Offer> offers(Collection<String> roles, boolean admin) {
    return offers.values().stream().filter(offer -> mayRun(offer, roles, admin)).toList();
  }

  private static boolean mayRun(Offer offer, Collection<String> roles, boolean admin) {
    return admin || offer.roles().isEmpty() || roles.stream().anyMatch(offer.roles()::contains);
  }

  /** Starts a run. */
  public Outcome start(Request request) {
    Offer offer = offers.get(request.agentId());
    if (offer == null || !mayRun(offer, request.roles(), request.admin())) {
      // Who may not run it is not told that it exists.
      return Outcome.refused(
          Why.NOT_FOUND, "agent_id: there is no agent '" + request.agentId() + "'");
    }
    String action = request.action();
    if (action != null && !offer.actions().contains(action)) {
      return Outcome.refused(Why.BAD_REQUEST, "action: this agent has " + offer.actions());
    }
    if (action == null && (request.prompt() == null || !offer.prompts())) {
      return Outcome.refused(
          Why.BAD_REQUEST, offer.prompts() ? "prompt: missing" : "prompt: this agent takes none");
    }
    String full = quotas.enter(request.user(), offer);
    if (full != null) {
      return new Refused(Why.OVER_CAPACITY, full, BUSY_RETRY_MILLIS);
    }
    String id = Ids.of(random, 2);
    Run run =
        new Run(
            id,
            request,
            engine.own(new FeedId(KIND, id), settings.kept()),
            settings,
            clock,
            Announcer.of(publisher, request));
    runs.put(id, run);
    working.put(id, run);
    run.begin();
    Duration deadline = request.terms().deadline();
    Thread.ofVirtual()
        .name("run-" + id)
        .start(() -> work(offer, run, deadline == null ? offer.deadline() : deadline));
    return new Done(run);
  }

  private void work(Offer offer, Run run, @Nullable Duration within) {
    run.workedBy(Thread.currentThread());
    ScheduledFuture<?> deadline =
        within == null
            ? null
            : timer.schedule(() -> late(run), within.toMillis(), TimeUnit.MILLISECONDS);
    Runnable end = worked(offer.agent(), run);
    if (deadline != null) {
      deadline.cancel(false);
    }
    // There is room for the next before anybody is told that this one has ended.
    working.remove(run.id());
    quotas.leave(run.request().user(), offer.id());
    end.run();
    telemetry.ended(run);
  }

  /** Has the work done, and says how the run ends. */
  private static Runnable worked(Agent agent, Run run) {
    try {
      agent.work(run);
      return run.cancelled() ? run::ended : run::done;
    } catch (AgentException e) {
      return ending(run, e.code(), String.valueOf(e.getMessage()), e.retryable());
    } catch (InterruptedException e) {
      return ending(run, "internal", "interrupted", true);
    } catch (Exception | Error e) {
      if (!run.cancelled()) {
        LOG.log(System.Logger.Level.ERROR, "run " + run.id() + " failed", e);
      }
      return ending(run, "internal", "the agent failed, run " + run.id(), false);
    }
  }

  private static Runnable ending(Run run, String code, String message, boolean retryable) {
    return run.cancelled() ? run::ended : () -> run.failed(code, message, retryable);
  }

  private static void late(Run run) {
    run.failed("timeout", "the run took longer than its deadline", true);
    run.stop();
  }

  /** The run of that id, for its own user and for administrators; null for others. */
  public @Nullable Run find(String runId, String user, boolean admin) {
    Run run = runs.get(runId);
    return run != null && (admin || run.request().user().equals(user)) ? run : null;
  }

  /** The runs that somebody may see, in no order. */
  public Stream<Run> runs(String user, boolean admin) {
    return runs.values().stream().filter(run -> admin || run.request().user().equals(user));
  }

  /** Stops a run. Disconnecting never does. */
  public Outcome cancel(String runId, String user, boolean admin) {
    Run run = find(runId, user, admin);
    if (run == null) {
      return unknown();
    }
    return run.cancel("by " + user)
        ? new Done(run)
        : Outcome.refused(Why.CONFLICT, "run_id: the run has ended");
  }

  /** Decides what a run asked. */
  public Outcome approve(
      String runId, String approvalId, String decision, String user, boolean admin) {
    Run run = find(runId, user, admin);
    if (run == null) {
      return unknown();
    }
    return run.decide(approvalId, decision, user)
        ? new Done(run)
        : Outcome.refused(Why.CONFLICT, "approval_id: there is nothing to decide any more");
  }

  /**
   * Says something to a run.
   *
   * @param words one JSON value
   */
  public Outcome input(String runId, String words, String user, boolean admin) {
    Run run = find(runId, user, admin);
    if (run == null) {
      return unknown();
    }
    return run.say(words)
        ? new Done(run)
        : Outcome.refused(Why.CONFLICT, "run_id: the run has ended or has too much to read");
  }

  private static Outcome unknown() {
    return Outcome.refused(Why.NOT_FOUND, "run_id: no such run");
  }

  /** Runs that work now. */
  public int active() {
    return quotas.active();
  }

  /** What time brings to the runs that work; to be called several times a second. */
  public void tick() {
    working.values().forEach(Run::tick);
  }

  /** Forgets runs that ended long enough ago. */
  public void sweep() {
    long before = clock.millis() - settings.keptFor().toMillis();
    for (Run run : runs.values()) {
      if (run.state() != Run.State.RUNNING && run.endedMillis() <= before) {
        engine.remove(run.feed().id());
        runs.remove(run.id(), run);
      }
    }
  }

  /** Cancels every run; none is started any more. */
  @Override
  public void close() {
    quotas.close();
    runs.values().forEach(run -> run.cancel("the gateway is stopping"));
  }
}
