package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What whoever runs a gateway is told of its tools: TOL18 to TOL20 and TOL23. */
final class ToolOperationCases {

  private ToolOperationCases() {}

  static List<Case> all() {
    return List.of(
        new Case("TOL18", "figures say what was", OWN, ToolOperationCases::figures),
        new Case(
            "TOL19",
            "the log of calls tells of each, and no secrets",
            OWN,
            ToolOperationCases::log),
        new Case(
            "TOL20",
            "every mistake in the configuration is named at once",
            OWN,
            ToolOperationCases::configuration),
        new Case(
            "TOL23",
            "calls that run when the gateway stops are told",
            OWN,
            ToolOperationCases::stop));
  }

  private static void figures(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      String provider =
          programs
              .provider("")
              .replace("\"name\":\"chunks\",", "\"name\":\"chunks\",\"cache\":\"1m\",");
      Trial t = shared.own(true, "tools.providers", "[" + provider + "]");
      Ops ops = Ops.as(t, "ann");
      for (int i = 0; i < 7; i++) {
        ops.call("a" + i, "echo", "{'text':'x'}");
        ops.result("a" + i);
      }
      ops.call("a0", "echo", "{'text':'x'}");
      ops.result("a0");
      ops.call("b", "fails", "{}");
      ops.result("b");
      ops.call("c", "nothing", "{}");
      ops.result("c");
      ops.call("d", "chunks", "{}");
      ops.result("d");
      ops.call("e", "chunks", "{}");
      Frame cached = ops.result("e");
      Check.equal("cached", true, cached.fields().get("cached"));
      Check.equal("text", "all", Ops.text(cached));
      Map<String, Double> expected =
          Map.of(
              "holdfast_calls_requested_total", 12.0,
              "holdfast_calls_executed_total", 9.0,
              "holdfast_calls_succeeded_total", 9.0,
              "holdfast_calls_repeated_total", 1.0,
              "holdfast_calls_cached_total", 1.0,
              "holdfast_calls_failed_total{code=\"TOOL_EXECUTION_ERROR\"}", 1.0,
              "holdfast_calls_failed_total{code=\"TOOL_NOT_FOUND\"}", 1.0,
              "holdfast_calls", 0.0);
      for (Map.Entry<String, Double> one : expected.entrySet()) {
        Check.equal(one.getKey(), one.getValue(), t.metric(one.getKey()));
      }
      live(t, ops);
      clients(shared);
    }
  }

  /** Each client's own figures, for as long as it calls anything. */
  private static void clients(Trial shared) throws Exception {
    Trial t = shared.own(true, "tools.clients_kept", "1s");
    Ops ann = Ops.as(t, "ann", ",'session_id':'client-ann'");
    Ops zoe = Ops.as(t, "zoe", ",'session_id':'client-zoe'");
    for (int i = 0; i < 5; i++) {
      ann.call("a" + i, "echo", "{'text':'x'}");
      ann.result("a" + i);
    }
    ann.call("a0", "echo", "{'text':'x'}");
    ann.result("a0");
    zoe.call("z", "nothing", "{}");
    zoe.result("z");
    zoe.say("no json");
    zoe.next("error");
    String figures = client(t, "client-ann");
    Check.that(
        "calls", figures.contains("requested=6, succeeded=5, failed=0, repeated=1"), figures);
    Check.that("messages", figures.contains("messages={received=6,"), figures);
    Check.that("latency", figures.contains("latency={commands=6,"), figures);
    String others = client(t, "client-zoe");
    Check.that("calls", others.contains("requested=1, succeeded=0, failed=1,"), others);
    Check.that("refused", others.matches(".*messages=\\{received=2, [^}]*refused=1,.*"), others);
    zoe.close();
    Check.becomes(
        "calls of idle clients are forgotten", () -> !client(t, "client-zoe").contains("calls="));
  }

  private static String client(Trial t, String session) throws Exception {
    Frame answer = t.json(t.http("GET", "/api/figures/clients", null));
    return answer.fields().get("clients") instanceof List<?> list
        ? list.stream()
            .map(String::valueOf)
            .filter(one -> one.contains("session_id=" + session + ","))
            .findFirst()
            .orElse("")
        : "";
  }

  /** The same figures as a feed: their state, then what changes. */
  private static void live(Trial t, Ops ops) throws Exception {
    Peer peer = t.as("ann");
    peer.say("{'type':'attach','feed':'stats:gateway','from':'start'}");
    Frame attached = peer.next("attached");
    Frame state = attached;
    if (attached.fields().get("snapshot") == null) {
      state = peer.next("stats");
    }
    for (String section :
        List.of(
            "connections",
            "messages",
            "queue",
            "retry",
            "circuit_breaker",
            "latency",
            "uptime_ms")) {
      Check.that(section, state.json().contains('"' + section + "\":"), state);
    }
    Check.that("requested", state.json().contains("\"requested\":12,"), state);
    ops.call("live", "echo", "{'text':'x'}");
    ops.result("live");
    Frame changed = peer.next("stats");
    while (!changed.json().contains("\"requested\":13,")) {
      changed = peer.next("stats");
    }
    Check.equal("figures", 13.0, t.metric("holdfast_calls_requested_total"));
    Check.that(
        "over HTTP",
        t.http("GET", "/api/figures", null).body().contains("\"requested\":13,"),
        "others");
  }

  private static void log(Trial shared) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-calls");
    Path file = folder.resolve("calls.log");
    try {
      Trial t =
          shared.own(
              true,
              "tools.log",
              file.toString(),
              "tools.log_size",
              "4KiB",
              "tools.log_files",
              "50");
      Ops ops = Ops.as(t, "ann");
      ops.call("long", "echo", "{'text':'" + "y".repeat(3_000) + "','api_key':'hush-hush'}");
      ops.result("long");
      for (int i = 0; i < 40; i++) {
        ops.call("a" + i, "echo", "{'text':'x'}");
        ops.result("a" + i);
      }
      ops.call("s", "sleep", "{'seconds':0.3}");
      ops.result("s");
      t.gateway().terminate();
      Check.that(
          "it ends",
          Objects.requireNonNull(t.gateway().process()).waitFor(20, TimeUnit.SECONDS),
          "");
      StringBuilder all = new StringBuilder();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path one : files.toList()) {
          all.append(Files.readString(one));
        }
      }
      Check.that("rotated", Files.exists(folder.resolve("calls.log.1")), folder);
      List<String> lines = all.toString().lines().toList();
      Check.equal("starts", 42L, lines.stream().filter(l -> event(l, "tool_start")).count());
      Check.equal("ends", 42L, lines.stream().filter(l -> event(l, "tool_complete")).count());
      Check.that("progress", lines.stream().anyMatch(l -> event(l, "tool_progress")), "");
      for (String line : lines) {
        Frame read = Frame.of(line);
        Check.that("timestamp", read.text("timestamp") != null, line);
        Check.that("tool", read.text("tool") != null, line);
        Check.that("request_id", read.text("request_id") != null, line);
        Check.that("session", read.text("session") != null, line);
        Check.that("short", line.length() < 1_500, line.length());
      }
      Check.that("no secret", !all.toString().contains("hush-hush"), "it has one");
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static boolean event(String line, String event) {
    return line.contains("\"event\":\"" + event + "\"");
  }

  private static void configuration(Trial shared) throws Exception {
    String complaint =
        ChildGateways.refused(
            Map.of(
                "tools.max_calls", "none",
                "tools.token", "short",
                "tools.progress_interval", "1h",
                "tools.providers",
                    "[{id: a, type: nonsense}, {id: b, type: process}, {id: c, type: mcp}]"));
    for (String named :
        List.of(
            "tools.max_calls",
            "tools.token",
            "tools.progress_interval",
            "tools.providers[0]",
            "tools.providers[1]",
            "tools.providers[2]")) {
      Check.that(named, complaint.contains(named), complaint);
    }
  }

  private static void stop(Trial shared) throws Exception {
    Trial t = shared.own(true, "server.drain", "3s");
    Ops ops = Ops.as(t, "ann");
    ops.call("short", "sleep", "{'seconds':0.8}");
    ops.call("long", "sleep", "{'seconds':60}");
    ops.next("call_tool_ack", "long");
    t.gateway().terminate();
    Check.equal("text", "slept for 0.8 s", Ops.text(ops.result("short")));
    Ops.error(ops.result("long"), "CANCELLED");
    ops.peer.closed(1001);
  }
}
