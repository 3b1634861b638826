package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.Frame;
import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The gateway's tools over stdio, as another gateway's MCP client uses them. */
class McpCommandTest {

  private final HttpClient http = HttpClient.newHttpClient();

  private static Server start(String providers) throws Exception {
    return Server.start(
        Config.load(
            new Options(null, Map.of("server.port", "0", "tools.providers", providers), true),
            Map.of()));
  }

  private static String mcp(Server of) {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return """
    [{"id":"shim","type":"mcp","prefix":"a-","retries":0,"command":["%s","-XX:TieredStopAtLevel=1","-cp","%s",
    "dev.holdfast.server.Main","mcp","--url","http://127.0.0.1:%d"]}]\
    """
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"), path, of.address().getPort());
  }

  private Frame call(Server at, String tool, String arguments) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%d/api/tools/%s/call"
                            .formatted(at.address().getPort(), tool)))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"arguments\":" + arguments + "}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return Frame.of(response.body());
  }

  @Test
  void anMcpClientCallsTheToolsOfAGatewayOverStdio() throws Exception {
    try (Server one = start("[]");
        Server other = start(mcp(one))) {
      served(one, other);
    }
  }

  @Test
  void anMcpClientCallsTheToolsOfAGatewayOverHttp() throws Exception {
    try (Server one = start("[]");
        Server other =
            start(
                "[{id: far, type: mcp, prefix: a-, retries: 0, url: 'http://127.0.0.1:%d/mcp'}]"
                    .formatted(one.address().getPort()))) {
      served(one, other);
    }
  }

  @Test
  void whatIsNoMcpMessageIsRefused() throws Exception {
    try (Server one = start("[]")) {
      URI mcp = URI.create("http://127.0.0.1:%d/mcp".formatted(one.address().getPort()));
      assertThat(post(mcp, "no json")).isEqualTo(400);
      assertThat(post(mcp, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}"))
          .isEqualTo(404);
      assertThat(
              http.send(
                      HttpRequest.newBuilder(mcp).header("mcp-session-id", "x").DELETE().build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(404);
    }
  }

  private int post(URI mcp, String body) throws Exception {
    return http.send(
            HttpRequest.newBuilder(mcp)
                .header("content-type", "application/json")
                .header("accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private void served(Server one, Server other) throws Exception {
    try {
      Check.becomes(
          "the tools",
          () -> call(other, "a-echo", "{\"text\":\"hello\"}").json().contains("\"hello\""));
      assertThat(call(other, "a-sleep", "{\"seconds\":0.5}").json()).contains("slept for 0.5 s");
      assertThat(call(other, "a-echo", "{\"text\":7}").json()).contains("VALIDATION_ERROR");
      // Cancelling at the one end stops the call at the other.
      URI metrics = URI.create("http://127.0.0.1:" + one.address().getPort() + "/metrics");
      URI ws = URI.create("ws://127.0.0.1:%d/".formatted(other.address().getPort()));
      try (Peer peer = Peer.open(ws, Map.of())) {
        peer.say("{'op':'hello'}");
        peer.say(
            "{'op':'call_tool','request_id':'a','name':'a-sleep','arguments':{'seconds':600}}");
        Check.becomes("it runs", () -> running(metrics).equals("holdfast_calls 1.0"));
        peer.say("{'op':'cancel','request_id':'a'}");
        Check.becomes("it is stopped", () -> running(metrics).equals("holdfast_calls 0.0"));
      }
    } finally {
      http.shutdownNow();
    }
  }

  private String running(URI metrics) throws Exception {
    return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("holdfast_calls "))
        .findFirst()
        .orElse("");
  }
}
