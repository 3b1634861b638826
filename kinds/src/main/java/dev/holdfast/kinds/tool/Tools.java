package dev.holdfast.kinds.tool;

import dev.holdfast.feed.Engine;
import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
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

  private static final long BUSY_RETRY_MILLIS = 1_000;

  private final ToolSettings settings;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final CallLog log;
  private final ToolFigures figures = new ToolFigures();
  private final Clients clients;
  private final Slots slots;
  private final CallRates rates;
  private final ToolCatalog catalog;
  private final Attempts attempts;
  private final Results results;
  private final Calls calls;
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
    this.settings = settings;
    this.clock = clock;
    this.timer = timer;
    this.log = log;
    this.clients = new Clients(settings.clientsKept(), clock);
    this.slots = new Slots(settings);
    this.rates = new CallRates(settings);
    this.catalog = new ToolCatalog(settings);
    this.attempts = new Attempts(catalog, figures);
    this.results = new Results(settings.cacheBytes(), clock);
    this.calls = new Calls(engine, settings, clock, random);
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
      throw ToolException.refused(
          ToolError.TOOL_NOT_FOUND, "name: there is no tool '" + request.tool() + "'");
    }
    byte[] json = request.arguments();
    if (json != null && json.length > settings.maxArguments()) {
      throw ToolException.refused(
          ToolError.VALIDATION_ERROR,
          "arguments: larger than " + settings.maxArguments() + " bytes");
    }
    JsonNode arguments = Arguments.read(json);
    if (arguments == null) {
      throw ToolException.refused(
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
        Call call = calls.make(request, client, tool);
        figures.cached.increment();
        client.cached.incrementAndGet();
        log.served(call, true);
        var _ = over(call, new Ending.Done(outputs), true);
        return new Answer.Called(call, false);
      }
    }
    Work flight = key == null || !tool.coalesced() ? null : flights.get(key);
    Call call = calls.make(request, client, tool);
    if (atOnce) {
      figures.executed.increment();
      log.began(call, arguments);
      // It has neither slot nor deadline, and nobody can be in time to stop it.
      Work work = new Work(tool, request, arguments, key, false, log, call);
      settle(work, Attempts.atOnce(work));
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
      calls.forget(call);
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
            Ending how = waits && !turn(work) ? null : attempts.of(work);
            if (how != null) {
              settle(work, how);
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
    calls.ended(call);
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
    Call call = calls.find(callId);
    return call != null && (admin || call.user().equals(user)) ? call : null;
  }

  /** The call that a user's session made with that request id; null for none. */
  public @Nullable Call find(String user, String session, String requestId) {
    return calls.find(user, session, requestId);
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
    calls.sweep();
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
