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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** Providers that fail, and a real one: TOL15, TOL16 and TOL21. */
final class ToolProviderCases {

  private ToolProviderCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL15",
            "a provider that fails is left alone, and tried again",
            OWN,
            ToolProviderCases::breaker),
        new Case(
            "TOL16",
            "what may be tried again is, later each time",
            OWN,
            ToolProviderCases::retries),
        new Case(
            "TOL21",
            "a real MCP server serves its tools over stdio and over HTTP",
            UPSTREAM,
            ToolProviderCases::mcp));
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
}
