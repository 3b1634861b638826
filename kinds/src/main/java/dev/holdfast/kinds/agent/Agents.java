package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.Outcome.Done;
import dev.holdfast.kinds.agent.Outcome.Refused;
import dev.holdfast.kinds.agent.Outcome.Why;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All agents and their runs. Each run works on a virtual thread of its own. Any thread. */
public final class Agents implements AutoCloseable {

  /** The kind of a run's feed. */
  public static final String KIND = "run";

  private static final System.Logger LOG = System.getLogger(Agents.class.getName());
  private static final long BUSY_RETRY_MILLIS = 1_000;
  private static final int RADIX = 36;

  private final Engine engine;
  private final AgentSettings settings;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ScheduledExecutorService timer;
  private final Map<String, Offer> offers = new LinkedHashMap<>();
  private final ConcurrentMap<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, Integer> activeByUser = new ConcurrentHashMap<>();
  private int active;
  private boolean closed;

  /**
   * @param random gives ids that nobody can guess
   * @param timer runs deadlines, for which it only has to cancel
   */
  public Agents(
      Engine engine,
      AgentSettings settings,
      Collection<Offer> offers,
      InstantSource clock,
      LongSupplier random,
      ScheduledExecutorService timer) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.timer = timer;
    offers.forEach(offer -> this.offers.put(offer.id(), offer));
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
      return refused(Why.NOT_FOUND, "agent_id: there is no agent '" + request.agentId() + "'");
    }
    String action = request.action();
    if (action != null && !offer.actions().contains(action)) {
      return refused(Why.BAD_REQUEST, "action: this agent has " + offer.actions());
    }
    if (action == null && (request.prompt() == null || !offer.prompts())) {
      return refused(
          Why.BAD_REQUEST, offer.prompts() ? "prompt: missing" : "prompt: this agent takes none");
    }
    if (!enter(request.user())) {
      return new Refused(Why.OVER_CAPACITY, "too many runs at once", BUSY_RETRY_MILLIS);
    }
    String id = newId();
    Run run =
        new Run(id, request, engine.own(new FeedId(KIND, id), settings.kept()), clock.millis());
    runs.put(id, run);
    Thread.ofVirtual().name("run-" + id).start(() -> work(offer.agent(), run));
    if (request.deadline() != null) {
      timer.schedule(() -> late(run), request.deadline().toMillis(), TimeUnit.MILLISECONDS);
    }
    return new Done(run);
  }

  private String newId() {
    return Long.toUnsignedString(random.getAsLong(), RADIX)
        + Long.toUnsignedString(random.getAsLong(), RADIX);
  }

  private synchronized boolean enter(String user) {
    int mine = activeByUser.getOrDefault(user, 0);
    if (closed || active >= settings.maxRuns() || mine >= settings.maxRunsPerUser()) {
      return false;
    }
    active++;
    activeByUser.put(user, mine + 1);
    return true;
  }

  private synchronized void leave(String user) {
    active--;
    activeByUser.computeIfPresent(user, (name, mine) -> mine == 1 ? null : mine - 1);
  }

  private void work(Agent agent, Run run) {
    run.workedBy(Thread.currentThread());
    try {
      agent.work(run);
      if (run.cancelled()) {
        run.cancelled(clock.millis());
      } else {
        run.done(clock.millis());
      }
    } catch (AgentException e) {
      ended(run, e.code(), String.valueOf(e.getMessage()), e.retryable());
    } catch (InterruptedException e) {
      ended(run, "internal", "interrupted", true);
    } catch (Exception | Error e) {
      if (!run.cancelled()) {
        LOG.log(System.Logger.Level.ERROR, "run " + run.id() + " failed", e);
      }
      ended(run, "internal", "the agent failed, run " + run.id(), false);
    } finally {
      leave(run.request().user());
    }
  }

  private void ended(Run run, String code, String message, boolean retryable) {
    if (run.cancelled()) {
      run.cancelled(clock.millis());
    } else {
      run.failed(code, message, retryable, clock.millis());
    }
  }

  private void late(Run run) {
    run.failed("timeout", "the run took longer than its deadline", true, clock.millis());
    run.stop();
  }

  /** The run of that id, for its own user and for administrators; null for others. */
  public @Nullable Run find(String runId, String user, boolean admin) {
    Run run = runs.get(runId);
    return run != null && (admin || run.request().user().equals(user)) ? run : null;
  }

  /** The runs that somebody may see, the newest last. */
  public List<Run> runs(String user, boolean admin) {
    return runs.values().stream()
        .filter(run -> admin || run.request().user().equals(user))
        .sorted(java.util.Comparator.comparingLong(Run::startedMillis))
        .toList();
  }

  /** Stops a run. Disconnecting never does. */
  public Outcome cancel(String runId, String user, boolean admin) {
    Run run = find(runId, user, admin);
    if (run == null) {
      return unknown();
    }
    return run.cancel() ? new Done(run) : refused(Why.CONFLICT, "run_id: the run has ended");
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
        : refused(Why.CONFLICT, "approval_id: there is nothing to decide any more");
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
        : refused(Why.CONFLICT, "run_id: the run has ended or has too much to read");
  }

  private static Outcome unknown() {
    return refused(Why.NOT_FOUND, "run_id: no such run");
  }

  private static Outcome refused(Why why, String message) {
    return new Refused(why, message, -1);
  }

  /** Runs that work now. */
  public synchronized int active() {
    return active;
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
    synchronized (this) {
      closed = true;
    }
    runs.values().forEach(Run::cancel);
  }
}
