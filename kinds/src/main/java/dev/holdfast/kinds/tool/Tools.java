package dev.holdfast.kinds.tool;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All tools and the calls of them. What a tool does is done on a virtual thread of its own, unless
 * its provider answers at once. Any thread.
 */
public final class Tools implements AutoCloseable {

  /** The kind of a call's feed. */
  public static final String KIND = "call";

  private static final System.Logger LOG = System.getLogger(Tools.class.getName());
  private static final long BUSY_RETRY_MILLIS = 1_000;
  private static final HexFormat HEX = HexFormat.of();
  private static final long AT_ONCE_BYTES = 1 << 20;

  /** Kept of a call while it runs and after. */
  private static final Retention KEPT =
      new Retention(10_000, 16L * 1024 * 1024, Duration.ofDays(36_500));

  /** Names of sessions are chosen by clients: another user may have had the same one before. */
  private record RequestKey(String user, String session, String requestId) {}

  private final Engine engine;
  private final ToolSettings settings;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ScheduledExecutorService timer;
  private final CallLog log;
  private final ToolFigures figures = new ToolFigures();
  private final Clients clients;
  private final Slots slots;
  private final CallRates rates;
  private final ToolCatalog catalog;
  private final Results results;
  private final EndedCalls ended;

  /** Those that were answered at once: so many that they would crowd out the others. */
  private final EndedCalls endedAtOnce;

  private final ConcurrentMap<String, Call> calls = new ConcurrentHashMap<>();
  private final ConcurrentMap<RequestKey, Call> requests = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Work> flights = new ConcurrentHashMap<>();
  private final Set<Work> working = ConcurrentHashMap.newKeySet();

  /**
   * @param random gives ids that nobody can guess
   * @param timer runs deadlines, for which it only has to stop things
   */
  public Tools(
      Engine engine,
      ToolSettings settings,
      InstantSource clock,
      LongSupplier random,
      ScheduledExecutorService timer,
      CallLog log) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.timer = timer;
    this.log = log;
    this.clients = new Clients(settings.clientsKept(), clock);
    this.slots = new Slots(settings);
    this.rates = new CallRates(settings);
    this.catalog = new ToolCatalog(settings);
    this.results = new Results(settings.cacheBytes(), clock);
    long keptMillis = settings.keptFor().toMillis();
    this.ended = new EndedCalls(settings.keptBytes(), keptMillis);
    this.endedAtOnce = new EndedCalls(Math.min(AT_ONCE_BYTES, settings.keptBytes()), keptMillis);
  }

  private void forget(Call call) {
    calls.remove(call.id(), call);
    requests.remove(new RequestKey(call.user(), call.session(), call.requestId()), call);
    if (call.hasFeed()) {
      engine.remove(call.feedId());
    }
  }

  /** Has a provider serve its tools from now on. */
  public void add(Provider provider, ProviderSettings how) {
    catalog.add(new ProviderGate(provider, how, clock));
  }

  /** A provider's tools have changed, or are there now, or are gone. */
  public void changed(Provider provider) {
    catalog.changed(provider);
  }

  /** The other provider that has the name which a provider's tool would get; null for none. */
  @Nullable String otherOf(Provider provider, String ownName) {
    return catalog.otherOf(provider, ownName);
  }

  /** Rises whenever tools come, go or change. */
  public long version() {
    return catalog.version();
  }

  /** The tools that somebody with these roles may call, by name. */
  public List<Tool> tools(Collection<String> roles, boolean admin) {
    return catalog.all().stream().filter(tool -> tool.mayCall(roles, admin)).toList();
  }

  /** Has a tool called. */
  public Answer call(ToolRequest request) {
    figures.called.increment();
    Clients.Counts client = clients.of(request.session(), request.user());
    client.requested.incrementAndGet();
    String requestId = request.requestId();
    if (requestId != null) {
      Call before = find(request.user(), request.session(), requestId);
      if (before != null) {
        figures.repeated.increment();
        client.repeated.incrementAndGet();
        return new Answer.Called(before, true);
      }
    }
    try {
      return begun(request, client);
    } catch (ToolException e) {
      figures.failed(e.error());
      client.failed.incrementAndGet();
      Ending.Failed why = e.ending();
      return new Answer.Refused(
          requestId, why.error(), why.message(), why.details(), why.retryAfterMillis());
    }
  }

  private Answer begun(ToolRequest request, Clients.Counts client) throws ToolException {
    rates.take(request);
    Tool tool = catalog.find(request);
    if (tool == null) {
      // Who may not call it is not told that it exists.
      throw refused(ToolError.TOOL_NOT_FOUND, "name: there is no tool '" + request.tool() + "'");
    }
    byte[] json = request.arguments();
    if (json != null && json.length > settings.maxArguments()) {
      throw refused(
          ToolError.VALIDATION_ERROR,
          "arguments: larger than " + settings.maxArguments() + " bytes");
    }
    JsonNode arguments = Arguments.read(json);
    if (arguments == null) {
      throw refused(
          ToolError.VALIDATION_ERROR, "arguments: must be a JSON object, each member given once");
    }
    List<String> faults = tool.arguments().faults(arguments);
    if (!faults.isEmpty()) {
      throw new ToolException(
          ToolError.VALIDATION_ERROR,
          "arguments: " + faults.getFirst(),
          faults.stream().map(Members::quoted).collect(Collectors.joining(",", "[", "]")),
          false);
    }
    return served(request, client, tool, arguments);
  }

  private static ToolException refused(ToolError error, String message) {
    return new ToolException(error, message, null, false);
  }

  /** Finds what serves the call: a kept result, work that is under way, or work of its own. */
  private Answer served(ToolRequest request, Clients.Counts client, Tool tool, JsonNode arguments)
      throws ToolException {
    boolean atOnce = tool.gate().provider().answersAtOnce();
    Duration stands = tool.kept();
    String key =
        (atOnce || !tool.coalesced()) && stands == null
            ? null
            : Results.key(request, tool, arguments);
    if (key != null && stands != null) {
      String outputs = results.standing(key);
      if (outputs != null) {
        Call call = made(request, client, tool);
        figures.cached.increment();
        client.cached.incrementAndGet();
        log.served(call, true);
        var _ = over(call, new Ending.Done(outputs), true);
        return new Answer.Called(call, false);
      }
    }
    Work flight = key == null || !tool.coalesced() ? null : flights.get(key);
    Call call = made(request, client, tool);
    if (atOnce) {
      figures.executed.increment();
      log.began(call, arguments);
      // It has neither slot nor deadline, and nobody can be in time to stop it.
      Work work = new Work(tool, request, arguments, key, false, log, call);
      settle(work, atOnce(work, tool));
      return new Answer.Called(call, false);
    }
    if (flight != null && joined(flight, call)) {
      return new Answer.Called(call, false);
    }
    return started(request, tool, arguments, key, call);
  }

  private boolean joined(Work flight, Call call) {
    if (!flight.join(call)) {
      return false;
    }
    figures.joined.increment();
    call.client().joined.incrementAndGet();
    log.served(call, false);
    return true;
  }

  private Answer started(
      ToolRequest request, Tool tool, JsonNode arguments, @Nullable String key, Call call)
      throws ToolException {
    String full = slots.enter(request.session(), tool.gate());
    boolean waits = full != null && slots.queue();
    if (full != null && !waits) {
      forget(call);
      throw new ToolException(ToolError.OVER_CAPACITY, full, null, BUSY_RETRY_MILLIS, false);
    }
    Work work = new Work(tool, request, arguments, key, full == null, log, call);
    if (key != null && tool.coalesced()) {
      Work other = flights.putIfAbsent(key, work);
      if (other != null && !waits && joined(other, call)) {
        // Somebody was faster.
        slots.leave(request.session(), tool.gate());
        return new Answer.Called(call, false);
      }
    }
    working.add(work);
    figures.executed.increment();
    log.began(call, arguments);
    ScheduledFuture<?> deadline =
        timer.schedule(() -> late(work, call), call.timeoutMillis(), TimeUnit.MILLISECONDS);
    Thread.ofVirtual()
        .name("call-" + call.id())
        .start(() -> {
          work.workedBy(Thread.currentThread());
          try {
            if (!waits || turn(work)) {
              attempt(work, tool);
            }
          } finally {
            deadline.cancel(false);
            leave(work);
          }
        });
    return new Answer.Called(call, false);
  }

  private void late(Work work, Call call) {
    work.late();
    String message = "the tool took longer than " + call.timeoutMillis() + " ms";
    settle(work, new Ending.Failed(ToolError.TIMEOUT, message, null, -1));
  }

  /** Waits for its turn; false where it has none. */
  private boolean turn(Work work) {
    String full;
    try {
      full = slots.await(work.session(), work.called().gate());
    } catch (InterruptedException e) {
      // Only where it is over.
      return false;
    }
    if (full != null) {
      settle(work, new Ending.Failed(ToolError.OVER_CAPACITY, full, null, BUSY_RETRY_MILLIS));
      return false;
    }
    if (!work.gotSlot()) {
      slots.leave(work.session(), work.called().gate());
      return false;
    }
    return true;
  }

  private Call made(ToolRequest request, Clients.Counts client, Tool tool) throws ToolException {
    String id = newId();
    String given = request.requestId();
    String requestId = given == null ? "r" + id : given;
    Duration own = tool.timeout();
    Call call =
        new Call(
            id,
            request.user(),
            request.session(),
            requestId,
            client,
            tool,
            (own == null ? settings.timeout() : own).toMillis(),
            () -> engine.own(new FeedId(KIND, id), KEPT));
    RequestKey key = new RequestKey(request.user(), request.session(), requestId);
    if (requests.putIfAbsent(key, call) != null) {
      throw refused(
          ToolError.INVALID_REQUEST, "request_id: another call has it at this very moment");
    }
    calls.put(id, call);
    return call;
  }

  private String newId() {
    return HEX.toHexDigits(random.getAsLong());
  }

  // At work.

  private static Ending atOnce(Work work, Tool tool) {
    try {
      return new Ending.Done(tool.gate().provider().call(work));
    } catch (ToolException e) {
      return e.ending();
    } catch (InterruptedException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a call of " + tool.name() + " failed", e);
      return INTERNAL;
    }
  }

  private static final Ending INTERNAL =
      new Ending.Failed(ToolError.INTERNAL_ERROR, "the call failed in the gateway", null, -1);

  private void attempt(Work work, Tool first) {
    Tool tool = first;
    int retry = 0;
    while (!work.over()) {
      try {
        settle(work, new Ending.Done(once(work, tool)));
        return;
      } catch (ToolException e) {
        boolean again = e.passing() && tool.idempotent() && retry < retries(tool);
        Tool other = again ? null : standIn(tool, e);
        if (again && pause(work, tool, ++retry)) {
          figures.retried.increment();
        } else if (other != null) {
          figures.fellBack.increment();
          tool = other;
          retry = 0;
          work.servedAs(tool);
        } else {
          settle(work, e.ending());
          return;
        }
      } catch (InterruptedException e) {
        settle(work, new Ending.Failed(ToolError.CANCELLED, "stopped", null, -1));
        return;
      } catch (Exception | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a call of " + tool.name() + " failed", e);
        settle(work, INTERNAL);
        return;
      }
    }
  }

  private static int retries(Tool tool) {
    return tool.gate().settings().retries();
  }

  /** Calls the tool once, by the gate of its provider. */
  private static String once(Work work, Tool tool) throws ToolException, InterruptedException {
    ProviderGate gate = tool.gate();
    gate.pass();
    boolean told = false;
    try {
      String outputs = gate.provider().call(work);
      told = true;
      gate.went(true);
      return outputs;
    } catch (ToolException e) {
      told = true;
      boolean unasked = e.error() == ToolError.SERVICE_UNAVAILABLE;
      if (unasked || (work.over() && e.providers())) {
        // Nobody was there to be asked, or whoever stopped it broke the connection.
        gate.forget();
      } else {
        gate.went(!e.providers());
      }
      throw e;
    } finally {
      if (!told && work.isLate()) {
        gate.went(false);
      } else if (!told) {
        gate.forget();
      }
    }
  }

  private @Nullable Tool standIn(Tool tool, ToolException why) {
    String name = tool.fallback();
    boolean providers = why.providers() || why.error() == ToolError.SERVICE_UNAVAILABLE;
    return name == null || !providers ? null : catalog.named(name);
  }

  private static boolean pause(Work work, Tool tool, int retry) {
    try {
      Thread.sleep(tool.gate().pauseMillis(retry));
      return !work.over();
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void settle(Work work, Ending how) {
    List<Call> served = work.settle();
    if (served == null) {
      return;
    }
    Tool tool = work.called();
    String key = work.key();
    if (key != null) {
      Duration stands = tool.kept();
      if (stands != null && how instanceof Ending.Done(String outputs)) {
        results.put(key, outputs, stands);
      }
      flights.remove(key, work);
    }
    working.remove(work);
    figures.nanos.add(work.nanos());
    // There is room for the next before anybody is told that this one has ended; but where it was
    // stopped, only once its provider has let go of it.
    if (work.byThisThread()) {
      leave(work);
    }
    double seconds = work.nanos() / 1e9;
    for (Call call : served) {
      if (over(call, how, false)) {
        logEnd(call, how, seconds);
      }
    }
  }

  private void logEnd(Call call, Ending how, double seconds) {
    switch (how) {
      case Ending.Done _ -> log.ended(call, seconds, null, null);
      case Ending.Failed(ToolError error, String message, _, _) ->
          log.ended(call, seconds, error, message);
    }
  }

  private void leave(Work work) {
    if (work.giveUpSlot()) {
      slots.leave(work.session(), work.called().gate());
    }
  }

  private boolean over(Call call, Ending how, boolean cached) {
    if (!call.end(how, cached, () -> count(call, how))) {
      return false;
    }
    boolean atOnce = call.tool().gate().provider().answersAtOnce();
    (atOnce ? endedAtOnce : ended).add(call, clock.millis()).forEach(this::forget);
    return true;
  }

  private void count(Call call, Ending how) {
    call.client().ended(call.nanos(), how instanceof Ending.Done);
    switch (how) {
      case Ending.Done _ -> figures.succeeded.increment();
      case Ending.Failed failed -> figures.failed(failed.error());
    }
  }

  // Asked of calls.

  /** The call of that id, for its own user and for administrators; null for others. */
  public @Nullable Call find(String callId, String user, boolean admin) {
    Call call = calls.get(callId);
    return call != null && (admin || call.user().equals(user)) ? call : null;
  }

  /** The call that a user's session made with that request id; null for none. */
  public @Nullable Call find(String user, String session, String requestId) {
    return requests.get(new RequestKey(user, session, requestId));
  }

  /** Stops a call; false where it has ended. Disconnecting never does. */
  public boolean cancel(Call call) {
    Work work = call.work();
    if (work == null || call.over()) {
      return false;
    }
    Ending stopped = new Ending.Failed(ToolError.CANCELLED, "the call was cancelled", null, -1);
    if (work.leave(call)) {
      settle(work, stopped);
    }
    boolean running = over(call, stopped, false);
    if (running) {
      logEnd(call, stopped, work.nanos() / 1e9);
    }
    return running;
  }

  public ToolFigures figures() {
    return figures;
  }

  /** The same of each client that has called something lately. */
  public List<ClientFigures> clients() {
    return clients.all();
  }

  /** Pieces of work that are under way or wait for their turn. */
  public int working() {
    return working.size();
  }

  /** Those that have a slot. */
  public int inFlight() {
    return slots.taken();
  }

  /** Those that wait for one. */
  public int queued() {
    return slots.queued();
  }

  /** How many may run at once. */
  public int capacity() {
    return settings.maxCalls();
  }

  /**
   * How a provider is.
   *
   * @param breaker {@code closed}, {@code open} or {@code half_open}
   */
  public record Health(String provider, String breaker, int inFlight, int limit) {}

  /** How each provider is. */
  public List<Health> health() {
    return catalog.gates().stream()
        .map(gate -> {
          String id = gate.provider().id();
          return new Health(id, gate.state(), slots.taken(id), gate.settings().limit());
        })
        .toList();
  }

  /** What time brings to the calls that run; to be called several times a second. */
  public void tick() {
    long now = System.nanoTime();
    long interval = settings.progressInterval().toNanos();
    for (Work work : working) {
      work.tick(now, interval);
    }
  }

  /** Forgets what has been kept for long enough. */
  public void sweep() {
    ended.gone(clock.millis()).forEach(this::forget);
    endedAtOnce.gone(clock.millis()).forEach(this::forget);
    results.sweep();
    clients.sweep();
  }

  /**
   * Nothing is called any more. Calls that run have some time to end; those that have not ended by
   * then are stopped, and told so.
   */
  public void drain(Duration within) throws InterruptedException {
    slots.close();
    long until = System.nanoTime() + within.toNanos();
    while (!working.isEmpty() && System.nanoTime() - until < 0) {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    stop();
  }

  private static final long LOOK_AGAIN_MILLIS = 20;

  /** Stops every call and every provider; nothing is called any more. */
  @Override
  public void close() {
    slots.close();
    stop();
    catalog.gates().forEach(gate -> gate.provider().close());
  }

  private void stop() {
    Ending stopped = new Ending.Failed(ToolError.CANCELLED, "the gateway is stopping", null, -1);
    for (Work work : working) {
      settle(work, stopped);
    }
  }
}
