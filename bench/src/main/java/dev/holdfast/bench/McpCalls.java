package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * Calls of a real MCP server's echo over stdio: as a client that starts it itself, and through the
 * gateway, which has it running. Warm: one after the other. Cold: from nothing to the first result.
 */
final class McpCalls {

  private static final int COLD = 20;
  private static final String TOOL = "mcp-echo";
  private static final String MEMBER = "message";

  private McpCalls() {}

  /** The server's command, in the folder of the peers. */
  private static List<String> command(Path peers) {
    Path script =
        peers.resolve("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    return List.of("node", script.toAbsolutePath().toString(), "stdio");
  }

  /** The gateway with that server behind it. */
  static Contestant holdfast(List<String> jvm, List<String> settings, Path peers) {
    List<String> all = new ArrayList<>(settings);
    String words = command(peers).stream().map(word -> '"' + word + '"').toList().toString();
    all.add("tools.providers=[{id: mcp, type: mcp, prefix: mcp-, command: " + words + "}]");
    Contestant plain = Contestant.holdfast(jvm, all, List.of("--dev"));
    Dialogue calls = new ToolCalls.Calls(TOOL, MEMBER);
    return new Contestant("holdfast", calls, calls, () -> ready(plain.starter().start()));
  }

  private static Child ready(Child gateway) throws IOException {
    URI tools = URI.create("http://127.0.0.1:" + gateway.address().getPort() + "/api/tools");
    try (HttpClient http = HttpClient.newHttpClient()) {
      Load.await(
          "the MCP server",
          30,
          () ->
              http.send(HttpRequest.newBuilder(tools).build(), HttpResponse.BodyHandlers.ofString())
                  .body()
                  .contains(TOOL));
      return gateway;
    } catch (Exception e) {
      gateway.close();
      throw new IOException(e);
    }
  }

  /** A client and its own server, line by line. */
  private static final class Direct implements AutoCloseable {

    private final Process process;
    private final OutputStream out;
    private final BufferedReader in;

    Direct(Path peers) throws IOException {
      process =
          new ProcessBuilder(Child.pinned(command(peers)))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      out = process.getOutputStream();
      in =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      say(
          "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
              + "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
              + "\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}");
      result(0);
      say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }

    private void say(String line) throws IOException {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    private void result(int id) throws IOException {
      String line;
      while ((line = in.readLine()) != null) {
        if (line.contains("\"id\":" + id + ",") || line.endsWith("\"id\":" + id + "}")) {
          return;
        }
      }
      throw new IOException("the MCP server has ended");
    }

    void call(int id, String text) throws IOException {
      say(
          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
                  .formatted(id)
              + "\"arguments\":{\"message\":\""
              + text
              + "\"}}}");
      result(id);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** Without the gateway, one after the other. */
  static Row direct(Path peers, Scale scale) throws IOException {
    Histogram nanos = new Histogram(3);
    int calls = 0;
    double seconds = 0;
    try (Direct direct = new Direct(peers)) {
      int id = 1;
      for (int round = 0; round < 2; round++) {
        // The first round warms up.
        nanos.reset();
        calls = 0;
        long begun = System.nanoTime();
        long end = begun + TimeUnit.SECONDS.toNanos(scale.seconds());
        while (System.nanoTime() < end) {
          long called = System.nanoTime();
          direct.call(id++, scale.text());
          nanos.recordValue(System.nanoTime() - called);
          calls++;
        }
        seconds = (System.nanoTime() - begun) / 1e9;
      }
    }
    return new Row("mcp call", "mcp alone", calls / seconds, Double.NaN, nanos, "over stdio");
  }

  /** Without the gateway, from the start of the server to the first result. */
  static Row directCold(Path peers, Scale scale) throws IOException {
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < COLD; i++) {
      long begun = System.nanoTime();
      try (Direct direct = new Direct(peers)) {
        direct.call(1, scale.text());
        nanos.recordValue(System.nanoTime() - begun);
      }
    }
    return Row.uncounted("mcp cold", "mcp alone", nanos, "start, initialize, call");
  }

  /** Through the gateway, from the first connection to the first result. */
  static Row cold(Contestant who, Scale scale) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger done = new AtomicInteger();
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void ready(Conn conn) {
            conn.message(scale.text());
            conn.flush();
          }

          @Override
          public void message(Conn conn, ByteBuf in) {
            nanos.recordValue(System.nanoTime() - conn.bornNanos);
            done.incrementAndGet();
            conn.channel().close();
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      for (int i = 0; i < COLD; i++) {
        int before = i;
        load.begin(new Conn(new ToolCalls.Calls(TOOL, MEMBER), "cold", i, events));
        Load.await("a result", 30, () -> done.get() > before);
      }
    }
    return Row.uncounted("mcp cold", who.name(), nanos, "connect, hello, call");
  }
}
