package dev.holdfast.server.metrics;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.tool.ToolFigures;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Gateway;
import dev.holdfast.session.Principal;
import dev.holdfast.session.SessionTotals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of the gateway as a feed, for administrators: their state, and each second the
 * sections that have changed; now and then all of them, so that whoever reads what is retained
 * knows how it was before. Any thread.
 */
public final class StatsFeed implements Catalog {

  /** The kind of the feed. */
  public static final String KIND = "stats";

  private static final FeedId ID = new FeedId(KIND, "gateway");

  /** Three minutes, from an event that has all sections. */
  private static final Retention KEPT =
      new Retention(180 + Changes.ALL_OF, 1 << 20, Duration.ofMinutes(4));

  private static final JsonMapper JSON = new JsonMapper();
  private static final double MEDIAN = 0.5;
  private static final double MOST = 0.99;
  private static final long NANOS_A_MILLI = 1_000_000;

  private final Engine engine;
  private final Metrics metrics;
  private final Gateway gateway;
  private final Tools tools;
  private final Devices devices;
  private final Owner owner;
  private final long begunNanos = System.nanoTime();

  // Of the thread that ticks.
  private final Changes changes = new Changes();
  private long[] counted;

  private volatile Map<String, Object> latency = Map.of();

  public StatsFeed(Engine engine, Metrics metrics, Gateway gateway, Tools tools, Devices devices) {
    this.engine = engine;
    this.metrics = metrics;
    this.gateway = gateway;
    this.tools = tools;
    this.devices = devices;
    this.counted = metrics.latencies();
    this.owner = engine.own(ID, KEPT);
    owner.snapshots(() ->
        new Delivery.Snapshot(
            owner.feed().tail().offset(), Payload.of("stats", members(sections()))));
  }

  /** All figures, as one JSON object. */
  public byte[] json() {
    return ("{" + new String(members(sections()), StandardCharsets.UTF_8) + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Once a second, by one thread. */
  public void tick() {
    measure();
    owner.append(Payload.of("stats", members(changes.of(sections()))));
  }

  /** How long the commands of the last second took. */
  private void measure() {
    long[] counts = metrics.latencies();
    long[] since = new long[counts.length];
    long all = 0;
    for (int i = 0; i < counts.length; i++) {
      since[i] = counts[i] - counted[i];
      all += since[i];
    }
    counted = counts;
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("commands", all);
    figures.put("p50_us", Latencies.within(since, MEDIAN));
    figures.put("p99_us", Latencies.within(since, MOST));
    latency = figures;
  }

  private Map<String, String> sections() {
    Map<String, Object> connections = new LinkedHashMap<>();
    connections.put("now", gateway.connections());
    connections.put("sessions", gateway.sessions());
    connections.put("behind", gateway.behind());
    Map<String, Object> queue = new LinkedHashMap<>();
    queue.put("inflight", tools.inFlight());
    queue.put("queued", tools.queued());
    queue.put("capacity", tools.capacity());
    ToolFigures figures = tools.figures();
    Map<String, Object> calls = new LinkedHashMap<>();
    calls.put("requested", figures.called());
    calls.put("executed", figures.executed());
    calls.put("succeeded", figures.succeeded());
    calls.put("joined", figures.joined());
    calls.put("cached", figures.cached());
    calls.put("repeated", figures.repeated());
    Map<String, Object> retry = new LinkedHashMap<>();
    retry.put("retried", figures.retried());
    retry.put("fallback", figures.fellBack());
    Map<String, Object> breakers = new LinkedHashMap<>();
    for (Tools.Health one : tools.health()) {
      breakers.put(one.provider(), one.breaker());
    }
    Map<String, String> sections = new LinkedHashMap<>();
    put(sections, "connections", connections);
    put(sections, "sessions", sessionFigures());
    put(sections, "messages", metrics.messages());
    put(sections, "gaps", metrics.gaps());
    put(sections, "memory", memory());
    put(sections, "calls", calls);
    put(sections, "devices", deviceFigures());
    put(sections, "queue", queue);
    put(sections, "retry", retry);
    put(sections, "circuit_breaker", breakers);
    put(sections, "latency", latency);
    put(sections, "uptime_ms", (System.nanoTime() - begunNanos) / NANOS_A_MILLI);
    return sections;
  }

  private Map<String, Object> sessionFigures() {
    SessionTotals totals = gateway.sessionTotals();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("total", totals.total());
    figures.put("active", totals.active());
    figures.put("begun", totals.begun());
    figures.put("expired", totals.expired());
    figures.put("oldest_ms", totals.oldestMillis());
    figures.put("newest_ms", totals.newestMillis());
    figures.put("average_ms", totals.averageMillis());
    return figures;
  }

  private Map<String, Object> memory() {
    Runtime jvm = Runtime.getRuntime();
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("heap_bytes", jvm.totalMemory() - jvm.freeMemory());
    memory.put("heap_max_bytes", jvm.maxMemory());
    memory.put("feeds", engine.size());
    return memory;
  }

  private Map<String, Object> deviceFigures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("known", devices.known());
    figures.put("online", devices.online());
    figures.put("commands", devices.figures().commands());
    figures.put("succeeded", devices.figures().successes());
    figures.put("failed", devices.figures().failures());
    return figures;
  }

  private static void put(Map<String, String> sections, String name, Object value) {
    sections.put(name, JSON.writeValueAsString(value));
  }

  private static byte[] members(Map<String, String> sections) {
    StringBuilder members = new StringBuilder();
    sections.forEach((name, json) ->
        members.append(members.isEmpty() ? "\"" : ",\"").append(name).append("\":").append(json));
    return members.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    return look(id, by.principal());
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    return id.equals(ID) && principal.admin()
        ? new Entry.Granted(owner.feed(), Membership.UNCOUNTED)
        : Entry.UNKNOWN;
  }
}
