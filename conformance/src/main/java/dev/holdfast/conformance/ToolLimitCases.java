package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.UPSTREAM;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/** What keeps calls of tools within bounds, and providers that fail: TOL11 to TOL23. */
final class ToolLimitCases {

  private ToolLimitCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL11",
            "no more calls run than there are slots, and none is lost",
            OWN,
            ToolLimitCases::quotas),
        new Case("TOL12", "calls come no faster than their rate", OWN, ToolLimitCases::rates),
        new Case(
            "TOL13", "the tool's deadline comes before all others", OWN, ToolLimitCases::timeouts),
        new Case(
            "TOL14", "a call gives signs of life, and not too many", OWN, ToolLimitCases::beats),
        new Case(
            "TOL15",
            "a provider that fails is left alone, and tried again",
            OWN,
            ToolLimitCases::breaker),
        new Case(
            "TOL16", "what may be tried again is, later each time", OWN, ToolLimitCases::retries),
        new Case("TOL17", "there are no more sessions than may be", OWN, ToolLimitCases::sessions),
        new Case("TOL18", "figures say what was", OWN, ToolLimitCases::figures),
        new Case(
            "TOL19", "the log of calls tells of each, and no secrets", OWN, ToolLimitCases::log),
        new Case(
            "TOL20",
            "every mistake in the configuration is named at once",
            OWN,
            ToolLimitCases::configuration),
        new Case(
            "TOL21",
            "a real MCP server serves its tools over stdio and over HTTP",
            UPSTREAM,
            ToolLimitCases::mcp),
        new Case(
            "TOL23", "calls that run when the gateway stops are told", OWN, ToolLimitCases::stop));
  }

  private static void quotas(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      String provider = programs.provider("").replace("\"limit\":100", "\"limit\":1");
      Trial t =
          shared.own(
              true,
              "tools.max_calls",
              "3",
              "tools.max_per_session",
              "2",
              "tools.providers",
              "[" + provider + "]");
      Ops one = Ops.as(t, "ann");
      Ops other = Ops.as(t, "zoe");
      one.call("a", "sleep", "{'seconds':60}");
      one.call("b", "sleep", "{'seconds':61}");
      for (int i = 0; i < 20; i++) {
        one.call("c" + i, "sleep", "{'seconds':" + (70 + i) + "}");
        Map<?, ?> full = Ops.error(one.result("c" + i), "OVER_CAPACITY");
        Check.that("retry_after_ms", full.get("retry_after_ms") instanceof Number, full);
      }
      other.call("a", "sticks", "{}");
      other.next("call_tool_ack", "a");
      other.call("b", "sleep", "{'seconds':60}");
      Ops.error(other.result("b"), "OVER_CAPACITY");
      Check.equal("slots", 3.0, t.metric("holdfast_calls"));
      one.say("{'op':'cancel','request_id':'b'}");
      one.result("b");
      // There is room in all, and none for that provider.
      other.call("d", "third", "{}");
      Ops.error(other.result("d"), "OVER_CAPACITY");
      Check.becomes(
          "there is room",
          () -> {
            String id = Trial.name("e");
            other.call(id, "sleep", "{'seconds':0.1}");
            return other.result(id).json().contains("slept for 0.1 s");
          });
      one.say("{'op':'cancel','request_id':'a'}");
      other.say("{'op':'cancel','request_id':'a'}");
      Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
      // Where calls may wait, they do.
      Trial patient = shared.own(true, "tools.max_calls", "1", "tools.queue_timeout", "10s");
      Ops queued = Ops.as(patient, "ann");
      queued.call("a", "sleep", "{'seconds':0.5}");
      queued.call("b", "sleep", "{'seconds':0.4}");
      Check.equal("text", "slept for 0.5 s", Ops.text(queued.result("a")));
      Check.equal("text", "slept for 0.4 s", Ops.text(queued.result("b")));
      Check.becomes("no slot is lost", () -> patient.metric("holdfast_calls") == 0);
    }
  }

  private static void rates(Trial shared) throws Exception {
    Trial t = shared.own(true, "tools.rate_per_user", "5");
    Ops ann = Ops.as(t, "ann");
    int refused = 0;
    for (int i = 0; i < 50; i++) {
      ann.call("a" + i, "echo", "{'text':'x'}");
      Frame result = ann.result("a" + i);
      if (!Boolean.TRUE.equals(result.fields().get("ok"))) {
        Map<?, ?> error = Ops.error(result, "OVER_CAPACITY");
        Check.that("retry_after_ms", error.get("retry_after_ms") instanceof Number, error);
        refused++;
      }
    }
    Check.that("refused", refused >= 30, refused);
    Ops zoe = Ops.as(t, "zoe");
    zoe.call("a", "echo", "{'text':'hers'}");
    Check.equal("text", "hers", Ops.text(zoe.result("a")));
    ann.nothing();
  }

  private static void timeouts(Trial shared) throws Exception {
    Trial t = shared.own(true, "timeouts.tool", "3s");
    Ops ops = Ops.silent(t, "/");
    ops.say("{'op':'hello'}");
    Frame ack = ops.next("hello_ack");
    Check.that(
        "timeouts",
        ack.json()
            .contains("\"tool_ms\":3000,\"gateway_ms\":4500,\"proxy_ms\":6000,\"client_ms\":7500"),
        ack);
    ops.call("a", "sleep", "{'seconds':60}");
    Check.equal("timeout_ms", 3_000, ops.next("call_tool_ack").number("timeout_ms", 0));
    long begun = System.nanoTime();
    Ops.error(ops.result("a"), "TIMEOUT");
    long millis = (System.nanoTime() - begun) / 1_000_000;
    Check.that("in time", millis > 2_000 && millis < 5_000, millis);
    Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
    String complaint = refusedStart(Map.of("timeouts.tool", "300s", "timeouts.gateway", "60s"));
    Check.that("both values", complaint.contains("300s") && complaint.contains("60s"), complaint);
  }

  /** What a gateway says that does not start. */
  private static String refusedStart(Map<String, String> settings)
      throws IOException, InterruptedException {
    Process process = ChildGateways.start(true, settings, List.of());
    try {
      String complaint =
          new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      Check.that("it ends", process.waitFor(15, TimeUnit.SECONDS), complaint);
      Check.that("with an error", process.exitValue() != 0, complaint);
      return complaint;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void beats(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t =
          shared.own(
              true,
              "tools.progress_interval",
              "200ms",
              "tools.providers",
              "[" + programs.provider("") + "]");
      Ops ops = Ops.as(t, "ann");
      ops.call("a", "third", "{}");
      ops.next("call_tool_ack");
      Frame frame = ops.next("progress");
      // The program may say nothing for as long as a first sign of life takes.
      while (frame.number("total_steps", 0) == 0) {
        frame = ops.next("progress");
      }
      Check.that("percent", frame.json().contains("\"progress_pct\":33.3,"), frame);
      Check.that("estimate", frame.json().contains("\"estimated_remaining_secs\":"), frame);
      Check.equal("message", "one", frame.text("message"));
      int beats = 0;
      frame = ops.peer.next();
      while (!"call_tool_res".equals(frame.text("op"))) {
        Check.equal("op", "progress", frame.text("op"));
        Check.that("elapsed", frame.json().contains("\"elapsed_secs\":"), frame);
        beats++;
        frame = ops.peer.next();
      }
      Check.that("beats", beats >= 2 && beats <= 12, beats);
    }
  }

  /** A port of this machine where nobody listens. */
  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Answers every request: its number, from 1, decides the status. */
  private static HttpServer server(int port, IntUnaryOperator status, List<Long> times)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    AtomicInteger count = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          synchronized (times) {
            times.add(System.nanoTime());
          }
          int code = status.applyAsInt(count.incrementAndGet());
          byte[] body =
              ("{\"outputs\":[{\"type\":\"text\",\"text\":\"" + exchange.getRequestURI() + "\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(code, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  private static String web(String more, int port, String tools) {
    return "{'id':'web','type':'http',%s,'tools':[%s]}"
        .formatted(more, tools)
        .formatted(port)
        .replace("PORT", Integer.toString(port))
        .replace('\'', '"');
  }

  private static void breaker(Trial shared) throws Exception {
    int port = closedPort();
    String tools =
        "{'name':'look','url':'http://127.0.0.1:PORT/{what}'},"
            + "{'name':'sure','url':'http://127.0.0.1:PORT/x','fallback':'echo'}";
    Trial t =
        shared.own(
            true,
            "tools.providers",
            "[" + web("'breaker_failures':3,'breaker_rest':'1s','retries':0", port, tools) + "]");
    Ops ops = Ops.as(t, "ann");
    for (int i = 0; i < 3; i++) {
      Check.equal("breaker", "closed", ops.provider("web").get("breaker"));
      ops.call("a" + i, "look", "{'what':'a'}");
      Ops.error(ops.result("a" + i), "PROVIDER_ERROR");
    }
    Check.equal("breaker", "open", ops.provider("web").get("breaker"));
    ops.call("b", "look", "{'what':'a'}");
    Map<?, ?> open = Ops.error(ops.result("b"), "SERVICE_UNAVAILABLE");
    Check.that("retry_after_ms", open.get("retry_after_ms") instanceof Number, open);
    // Others do not notice, and another tool stands in.
    ops.call("c", "sleep", "{'seconds':0.1}");
    Check.equal("text", "slept for 0.1 s", Ops.text(ops.result("c")));
    ops.call("d", "sure", "{'text':'instead'}");
    Check.equal("text", "instead", Ops.text(ops.result("d")));
    // Its trial fails: it is left alone again.
    Check.becomes(
        "a trial",
        () -> {
          String id = Trial.name("t");
          ops.call(id, "look", "{'what':'a'}");
          return ops.result(id).json().contains("PROVIDER_ERROR");
        });
    Check.equal("breaker", "open", ops.provider("web").get("breaker"));
    HttpServer server = server(port, n -> 200, new ArrayList<>());
    try {
      Check.becomes(
          "a trial",
          () -> {
            String id = Trial.name("t");
            ops.call(id, "look", "{'what':'b c'}");
            return ops.result(id).json().contains("/b%20c");
          });
      Check.equal("breaker", "half_open", ops.provider("web").get("breaker"));
      ops.call("e", "look", "{'what':'d'}");
      Check.equal("text", "/d", Ops.text(ops.result("e")));
      Check.equal("breaker", "closed", ops.provider("web").get("breaker"));
    } finally {
      server.stop(0);
    }
    blackHole(shared);
  }

  /** A provider that takes connections and never answers is left alone too. */
  private static void blackHole(Trial shared) throws Exception {
    try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String tool = "{'name':'into','url':'http://127.0.0.1:PORT/','timeout':'200ms'}";
      String more = "'breaker_failures':3,'breaker_rest':'1m','retries':0";
      Trial t =
          shared.own(true, "tools.providers", "[" + web(more, hole.getLocalPort(), tool) + "]");
      Ops ops = Ops.as(t, "ann");
      for (int i = 0; i < 3; i++) {
        ops.call("a" + i, "into", "{}");
        Ops.error(ops.result("a" + i), "TIMEOUT");
      }
      Check.becomes("open", () -> "open".equals(ops.provider("web").get("breaker")));
      ops.call("b", "into", "{}");
      Ops.error(ops.result("b"), "SERVICE_UNAVAILABLE");
      ops.call("c", "sleep", "{'seconds':0.1}");
      Check.equal("text", "slept for 0.1 s", Ops.text(ops.result("c")));
      Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
    }
  }

  private static void retries(Trial shared) throws Exception {
    List<Long> times = new ArrayList<>();
    HttpServer server = server(0, n -> n == 3 || n > 4 ? 200 : 503, times);
    try {
      int port = server.getAddress().getPort();
      String tools =
          "{'name':'again','url':'http://127.0.0.1:PORT/','idempotent':true},"
              + "{'name':'once','url':'http://127.0.0.1:PORT/'}";
      Trial t =
          shared.own(
              true,
              "tools.providers",
              "[" + web("'retries':3,'retry_delay':'200ms'", port, tools) + "]");
      Ops ops = Ops.as(t, "ann");
      ops.call("a", "again", "{}");
      Check.equal("text", "/", Ops.text(ops.result("a")));
      Check.equal("tries", 3, times.size());
      long first = (times.get(1) - times.get(0)) / 1_000_000;
      long second = (times.get(2) - times.get(1)) / 1_000_000;
      Check.that("a fifth of a second", first >= 150, first);
      Check.that("twice that", second >= 310, second);
      ops.call("b", "once", "{}");
      Ops.error(ops.result("b"), "PROVIDER_ERROR");
      Check.equal("tries", 4, times.size());
      Check.equal("retried", 2.0, t.metric("holdfast_calls_retried_total"));
    } finally {
      server.stop(0);
    }
  }

  private static void sessions(Trial shared) throws Exception {
    Trial t = shared.own(true, "session.max", "2", "session.resume_window", "300ms");
    Ops one = Ops.as(t, "ann");
    Ops two = Ops.as(t, "zoe");
    Ops three = Ops.silent(t, "/ws/tools");
    three.say("{'op':'hello','user_id':'eve'}");
    Frame ack = three.next("hello_ack");
    Check.equal("ok", false, ack.fields().get("ok"));
    Check.equal("message", "Maximum concurrent sessions (2) exceeded", ack.text("message"));
    three.peer.closed(1008);
    Check.equal("sessions", 2.0, t.metric("holdfast_sessions"));
    Check.equal("active", 2.0, t.metric("holdfast_sessions_active"));
    Map<String, Long> ages = sessionFigures(t);
    long oldest = ages.getOrDefault("oldest_ms", -1L);
    long newest = ages.getOrDefault("newest_ms", -1L);
    long average = ages.getOrDefault("average_ms", -1L);
    Check.that("ages", oldest >= average && average >= newest && newest >= 0, ages);
    one.peer.cut();
    two.peer.cut();
    Check.becomes("they are forgotten", () -> t.metric("holdfast_sessions") == 0);
    Check.equal("cleaned up", 2.0, t.metric("holdfast_sessions_expired_total"));
    Ops four = Ops.as(t, "eve");
    four.nothing();
    Map<String, Long> now = sessionFigures(t);
    for (var figure : Map.of("total", 1L, "active", 1L, "begun", 3L, "expired", 2L).entrySet()) {
      Check.equal(figure.getKey(), figure.getValue(), now.get(figure.getKey()));
    }
  }

  private static Map<String, Long> sessionFigures(Trial t) throws Exception {
    Map<String, Long> figures = new HashMap<>();
    if (t.json(t.http("GET", "/api/figures", null)).fields().get("sessions")
        instanceof Map<?, ?> told) {
      told.forEach((name, value) -> {
        if (value instanceof Number number) {
          figures.put(String.valueOf(name), number.longValue());
        }
      });
    }
    return figures;
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
        refusedStart(
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

  private static void mcp(Trial shared) throws Exception {
    Path script =
        Objects.requireNonNull(Upstream.folder())
            .resolve("node_modules/@modelcontextprotocol/server-everything/dist/index.js")
            .toAbsolutePath();
    int port = closedPort();
    String stdio =
        "{'id':'local','type':'mcp','prefix':'l-','retries':0,'command':['node','%s','stdio']}"
            .formatted(script);
    String http =
        "{'id':'far','type':'mcp','prefix':'f-','url':'http://127.0.0.1:%d/mcp'}".formatted(port);
    ProcessBuilder everything = new ProcessBuilder("node", script.toString(), "streamableHttp");
    everything.environment().put("PORT", Integer.toString(port));
    Process far =
        everything
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Trial t =
          shared.own(true, "tools.providers", ("[" + stdio + "," + http + "]").replace('\'', '"'));
      Ops ops = Ops.as(t, "ann");
      for (String prefix : List.of("l-", "f-")) {
        Check.becomes(
            prefix + "tools",
            () -> {
              ops.say("{'op':'list_tools','request_id':'l'}");
              return ops.next("list_tools_res", "l").json().contains('"' + prefix + "get-sum\"");
            });
        served(ops, prefix);
      }
      // A crash ends what is under way, and the server is started again.
      ops.call("crash", "l-trigger-long-running-operation", "{'duration':60,'steps':2}");
      ops.next("call_tool_ack", "crash");
      ProcessHandle.of(Objects.requireNonNull(t.gateway().process()).pid()).stream()
          .flatMap(ProcessHandle::descendants)
          .filter(child -> child.info().commandLine().orElse("").contains("server-everything"))
          .forEach(ProcessHandle::destroyForcibly);
      Ops.error(ops.result("crash"), "PROVIDER_ERROR");
      Check.becomes(
          "it is back",
          () -> {
            String id = Trial.name("s");
            ops.call(id, "l-get-sum", "{'a':2,'b':3}");
            return ops.result(id).json().contains("5");
          });
    } finally {
      far.destroyForcibly();
    }
  }

  private static void served(Ops ops, String prefix) throws Exception {
    ops.call(prefix + 1, prefix + "get-sum", "{'a':2,'b':3}");
    Frame sum = ops.result(prefix + 1);
    Check.that("sum", Ops.text(sum).contains("5"), sum);
    Check.that("type", sum.json().contains("\"type\":\"text\""), sum);
    ops.call(prefix + 2, prefix + "get-sum", "{'a':'two'}");
    Ops.error(ops.result(prefix + 2), "VALIDATION_ERROR");
    String slow = prefix + "trigger-long-running-operation";
    ops.call(prefix + 3, slow, "{'duration':1,'steps':4}");
    ops.next("call_tool_ack", prefix + 3);
    Frame frame = ops.next("progress", prefix + 3);
    Check.equal("of", 4, frame.number("total_steps", 0));
    Check.that("text", Ops.text(ops.result(prefix + 3)).contains("completed"), "");
    ops.call(prefix + 4, slow, "{'duration':60,'steps':4}");
    ops.next("call_tool_ack", prefix + 4);
    ops.say("{'op':'cancel','request_id':'%s4'}", prefix);
    Ops.error(ops.result(prefix + 4), "CANCELLED");
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
