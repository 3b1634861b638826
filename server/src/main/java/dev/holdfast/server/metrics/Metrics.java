package dev.holdfast.server.metrics;

import dev.holdfast.feed.Engine;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.agent.RunTelemetry;
import dev.holdfast.kinds.agent.Usage;
import dev.holdfast.kinds.common.Workers;
import dev.holdfast.kinds.device.DeviceFigures;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.kinds.terminal.TerminalFigures;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.ToolFigures;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.session.Gateway;
import dev.holdfast.session.SessionTotals;
import dev.holdfast.session.Telemetry;
import dev.holdfast.transport.Listener;
import dev.holdfast.transport.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What is counted. Counting takes no lock and looks nothing up by tags. Any thread. */
public final class Metrics implements Telemetry, RunTelemetry, AutoCloseable {

  private static final double MILLIS_A_SECOND = 1_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConnectionLog log = new ConnectionLog();
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final LongAdder framesIn = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder eventsOut = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final Latencies commands = new Latencies();
  private final ConcurrentMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LongAdder> gaps = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, LongAdder> closes = new ConcurrentHashMap<>();

  public Metrics() {
    count("holdfast.frames.in", "text frames from clients", framesIn);
    count("holdfast.bytes.in", "their bytes", bytesIn);
    count("holdfast.events.out", "events sent to clients", eventsOut);
    count("holdfast.bytes.out", "their bytes", bytesOut);
    registry.getPrometheusRegistry().register(commands);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** Watches these too, once they are there. */
  public void watch(Gateway gateway, Engine engine, Listener listener) {
    gauge("holdfast.connections", "connections now", gateway, g -> g.connections());
    gauge("holdfast.sessions", "sessions now", gateway, g -> g.sessions());
    gauge(
        "holdfast.sessions.active",
        "sessions whose client is connected",
        gateway,
        g -> g.sessionTotals().active());
    counter("holdfast.sessions.begun", "sessions so far", gateway, g -> g.sessionTotals().begun());
    counter(
        "holdfast.sessions.expired",
        "sessions whose client stayed away",
        gateway,
        g -> g.sessionTotals().expired());
    age("oldest", gateway, SessionTotals::oldestMillis);
    age("newest", gateway, SessionTotals::newestMillis);
    age("average", gateway, SessionTotals::averageMillis);
    gauge(
        "holdfast.connections.behind",
        "connections with events that they have no room for",
        gateway,
        g -> g.behind());
    gauge("holdfast.feeds", "feeds now", engine, e -> e.size());
    gauge(
        "holdfast.sockets",
        "sockets now, before and after the upgrade",
        listener,
        l -> l.sockets());
    Traffic traffic = listener.traffic();
    counter("holdfast.sockets.accepted", "sockets accepted", traffic, t -> t.accepted());
    counter("holdfast.handshakes", "handshakes that succeeded", traffic, t -> t.upgraded());
    counter("holdfast.http.requests", "plain HTTP requests", traffic, t -> t.requests());
    for (Traffic.Refusal why : Traffic.Refusal.values()) {
      FunctionCounter.builder(
              "holdfast.handshake.refusals", traffic, t -> t.refusals().getOrDefault(why, 0L))
          .description("handshakes and sockets refused by the transport")
          .tag("reason", why.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    LoopLoad load = new LoopLoad(listener);
    gauge("holdfast.loop.utilisation", "busiest event loop, 0 to 1", load, LoopLoad::busiest);
  }

  /** Watches these too, once they are there. */
  public void watch(Agents agents, Workers workers) {
    gauge("holdfast.runs", "runs that work now", agents, a -> a.active());
    gauge("holdfast.workers", "workers that serve agents or tools", workers, w -> w.size());
  }

  /** Watches these too, once they are there. */
  public void watch(Terminals terminals) {
    gauge("holdfast.terminals", "terminals whose program runs", terminals, t -> t.active());
    gauge("holdfast.terminal.viewers", "viewers of terminals", terminals, t -> t.viewers());
    gauge(
        "holdfast.terminal.lag.bytes",
        "how far the viewer is behind that is furthest behind",
        terminals,
        t -> t.lag());
    TerminalFigures figures = terminals.figures();
    counter("holdfast.terminal.output.bytes", "what programs said", figures, f -> f.outputBytes());
    counter(
        "holdfast.terminal.input.bytes", "what programs were given", figures, f -> f.inputBytes());
    counter(
        "holdfast.terminal.snapshots", "screens painted for viewers", figures, f -> f.snapshots());
    counter(
        "holdfast.terminal.paused.seconds",
        "how long programs waited for viewers",
        figures,
        f -> f.pausedSeconds());
    counter(
        "holdfast.terminal.unrecorded.bytes",
        "what is missing in recordings, as the disk was too slow",
        figures,
        f -> f.unrecordedBytes());
  }

  /** Watches these too, once they are there. */
  public void watch(Tools tools) {
    gauge("holdfast.calls", "calls of tools that run now", tools, t -> t.inFlight());
    gauge("holdfast.calls.queued", "calls that wait for their turn", tools, t -> t.queued());
    ToolFigures figures = tools.figures();
    counter("holdfast.calls.requested", "requests for calls", figures, f -> f.called());
    counter("holdfast.calls.executed", "pieces of work for calls", figures, f -> f.executed());
    counter("holdfast.calls.succeeded", "calls that went well", figures, f -> f.succeeded());
    counter("holdfast.calls.joined", "calls served by another's work", figures, f -> f.joined());
    counter("holdfast.calls.cached", "calls served by a kept result", figures, f -> f.cached());
    counter("holdfast.calls.repeated", "requests made again", figures, f -> f.repeated());
    counter("holdfast.calls.retried", "tries beyond the first", figures, f -> f.retried());
    counter(
        "holdfast.calls.fallback", "calls of a tool that stands in", figures, f -> f.fellBack());
    counter("holdfast.call.seconds", "how long the work took", figures, f -> f.seconds());
    for (ToolError error : ToolError.values()) {
      FunctionCounter.builder("holdfast.calls.failed", figures, f -> f.failures(error))
          .description("calls that came to nothing")
          .tag("code", error.name())
          .register(registry);
    }
  }

  /** Watches these too, once they are there. */
  public void watch(Devices devices, Uploads uploads) {
    gauge(
        "holdfast.media.bytes",
        "bytes that devices uploaded",
        uploads,
        u -> (double) u.media().bytes());
    gauge("holdfast.devices", "devices that are known", devices, d -> d.known());
    gauge("holdfast.devices.online", "devices that are there", devices, d -> d.online());
    DeviceFigures figures = devices.figures();
    counter("holdfast.device.registrations", "devices that came", figures, f -> f.registrations());
    counter("holdfast.device.commands", "commands to devices", figures, f -> f.commands());
    counter(
        "holdfast.device.commands.refused",
        "commands that no device was given",
        figures,
        f -> f.refusals());
    counter(
        "holdfast.device.commands.succeeded",
        "commands that went well",
        figures,
        f -> f.successes());
    counter(
        "holdfast.device.commands.failed",
        "commands that failed or were too late",
        figures,
        f -> f.failures());
  }

  @Override
  public void ended(Run run) {
    Usage usage = run.usage();
    String agent = run.request().agentId();
    Tags tags = Tags.of("agent", agent);
    String state = run.state().name().toLowerCase(Locale.ROOT);
    registry.counter("holdfast.runs.ended", tags.and("state", state)).increment();
    registry.counter("holdfast.run.tokens.out", tags).increment((double) usage.tokensOut());
    registry
        .counter("holdfast.run.tokens.in", tags)
        .increment((double) Math.max(0, usage.tokensIn()));
    registry.timer("holdfast.run.duration", tags).record(usage.millis(), TimeUnit.MILLISECONDS);
    if (usage.firstTokenMillis() >= 0) {
      registry
          .timer("holdfast.run.first.token", tags)
          .record(usage.firstTokenMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** All figures in the text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }

  /** Messages and bytes so far, in both directions. */
  Map<String, Object> messages() {
    Map<String, Object> messages = new LinkedHashMap<>();
    messages.put("in", framesIn.sum());
    messages.put("bytes_in", bytesIn.sum());
    messages.put("out", eventsOut.sum());
    messages.put("bytes_out", bytesOut.sum());
    return messages;
  }

  /** How many events readers were told that they lost, by reason. */
  Map<String, Object> gaps() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("slow", 0L);
    told.put("retention", 0L);
    gaps.forEach((reason, lost) -> told.put(reason, lost.sum()));
    return told;
  }

  /** How many commands took how long so far, by bucket. */
  long[] latencies() {
    return commands.counts();
  }

  @Override
  public void received(int bytes) {
    framesIn.increment();
    bytesIn.add(bytes);
  }

  @Override
  public void handled(String type, long nanos) {
    commands.record(type, nanos);
  }

  @Override
  public void delivered(int events, long bytes) {
    eventsOut.add(events);
    bytesOut.add(bytes);
  }

  @Override
  public void gap(String reason, long events) {
    adder(gaps, reason, "holdfast.gap.events", "reason").add(events);
  }

  @Override
  public void refused(String reason) {
    adder(refusals, reason, "holdfast.refusals", "reason").increment();
  }

  @Override
  public void closed(int code) {
    adder(closes, code, "holdfast.closes", "code").increment();
  }

  @Override
  public void admitted(String connectionId, String sessionId, String userId, boolean resumed) {
    log.admitted(connectionId, sessionId, userId, resumed);
  }

  @Override
  public void left(String connectionId) {
    log.left(connectionId);
  }

  @Override
  public void failed(
      String errorId,
      String connectionId,
      String sessionId,
      @Nullable String commandId,
      RuntimeException why) {
    refused("internal");
    log.failed(errorId, connectionId, sessionId, commandId, why);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private <K> LongAdder adder(ConcurrentMap<K, LongAdder> adders, K key, String name, String tag) {
    return adders.computeIfAbsent(
        key,
        k -> {
          LongAdder adder = new LongAdder();
          FunctionCounter.builder(name, adder, LongAdder::sum)
              .tag(tag, String.valueOf(k))
              .register(registry);
          return adder;
        });
  }

  private void count(String name, String about, LongAdder adder) {
    FunctionCounter.builder(name, adder, LongAdder::sum).description(about).register(registry);
  }

  private <T> void counter(
      String name, String about, T of, java.util.function.ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, of, value).description(about).register(registry);
  }

  private <T> void gauge(
      String name, String about, T of, java.util.function.ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).description(about).strongReference(true).register(registry);
  }

  private void age(String whose, Gateway gateway, ToLongFunction<SessionTotals> millis) {
    Gauge.builder(
            "holdfast.session.age.seconds",
            gateway,
            g -> millis.applyAsLong(g.sessionTotals()) / MILLIS_A_SECOND)
        .description("how long ago sessions began")
        .tag("session", whose)
        .strongReference(true)
        .register(registry);
  }

  private record LoopLoad(Listener listener) {
    double busiest() {
      double most = 0;
      for (double one : listener.loopUtilisation()) {
        most = Math.max(most, one);
      }
      return most;
    }
  }
}
