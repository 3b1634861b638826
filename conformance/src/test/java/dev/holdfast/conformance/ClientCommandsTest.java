package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The subcommands as the launcher runs them, against a real gateway. */
class ClientCommandsTest {

  private record Run(int status, String out, String err) {}

  private Server server = start();
  private InputStream input = System.in;

  private static Server start() {
    try {
      return Server.start(
          Config.load(new Options(null, Map.of("server.port", "0"), true), Map.of()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void keepInput() {
    input = System.in;
  }

  @AfterEach
  void stop() {
    System.setIn(input);
    server.close();
  }

  private Run run(String typed, String name, String... args) {
    System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>();
    if (!List.of(args).contains("--url")) {
      all.add("--url");
      all.add("http://127.0.0.1:" + server.address().getPort());
    }
    all.addAll(List.of(args));
    int status =
        ToolProvider.findFirst(name)
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return new Run(status, out.toString(), err.toString());
  }

  @Test
  void chatSendsLinesAndShowsWhatIsSaid() {
    Run first = run("hello\n//slash\n/nonsense\n\n/quit\nnever said\n", "chat", "--user", "ann");
    assertThat(first.err()).isEmpty();
    assertThat(first.status()).isZero();
    assertThat(first.out().lines())
        .containsExactlyInAnyOrder(
            "ann: hello",
            "ann: /slash",
            "* unknown: /nonsense (//text sends a message that begins with /)");
    Run second = run("/who\n", "chat", "--user", "zoe", "--last", "1");
    assertThat(second.out().lines()).containsExactly("ann: /slash", "* here: zoe");
  }

  @Test
  void whatOthersSayHasNoControlOfTheTerminal() {
    run("", "publish", "lobby", "a:b", "\"\\u001b[2Jx\"");
    assertThat(run("", "chat").out()).isEqualTo("* a:b \ufffd[2Jx" + System.lineSeparator());
    run("", "publish", "json", "a:b", "{\"n\":[1,null]}");
    assertThat(run("", "chat", "json").out().strip()).isEqualTo("* a:b {\"n\":[1,null]}");
  }

  @Test
  void publishTellsThePositionAndKnowsKeys() {
    Run first = run("", "publish", "ops", "deploy:done", "{\"ok\":true}", "--key", "k");
    assertThat(first.status()).isZero();
    assertThat(first.out().strip()).endsWith(":1");
    assertThat(run("", "publish", "ops", "deploy:done", "--key", "k").out())
        .contains(":1 (published before, with that key)");
    assertThat(run("[1]", "publish", "ops", "deploy:done", "-").out().strip()).endsWith(":2");
  }

  @Test
  void wrongUsageIsSaidWithItsOwnExitCode() {
    Run notJson = run("", "publish", "ops", "deploy:done", "nope");
    assertThat(notJson.status()).isEqualTo(2);
    assertThat(notJson.err()).contains("DATA: not JSON").contains("Usage: holdfast publish");
    Run noColon = run("", "publish", "ops", "deploy", "1");
    assertThat(noColon.status()).isEqualTo(1);
    assertThat(noColon.err()).startsWith("holdfast publish: bad_request: event:");
  }

  @Test
  void statsShowsWhoIsThere() {
    Run stats = run("", "stats");
    assertThat(stats.out()).contains("connections      1").contains("1  user:dev-user");
    assertThat(run("", "stats", "--json").out()).startsWith("{\"type\":\"stats\"");
  }

  @Test
  void runFollowsAnAgentToItsEnd() {
    Run echoed = run("", "run", "echo", "say it again");
    assertThat(echoed.status()).isZero();
    assertThat(echoed.out()).isEqualTo("say it again" + System.lineSeparator());
    String id = echoed.err().lines().findFirst().orElseThrow().replace("* run ", "");
    assertThat(run("", "run", "--attach", id).out())
        .isEqualTo("say it again" + System.lineSeparator());
    Run failed = run("", "exec", "echo", "fail");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("* failed: upstream_error: it failed, as it was asked to");
    assertThat(run("", "run", "nobody", "hi").err())
        .contains("not_found: agent_id: there is no agent 'nobody'");
    assertThat(run("", "run", "echo").status()).isEqualTo(2);
  }

  @Test
  void execTakesParametersAndDecides() {
    Run done = run("", "exec", "echo", "test_action", "--param", "n=3", "--param", "s=a b");
    assertThat(done.status()).isZero();
    assertThat(done.out()).contains("\"result\":{\"echo\":{\"n\":3,\"s\":\"a b\"}}");
    assertThat(done.err()).contains("* info: step 1").contains("* 33 % step 1");
    Run approved = run("", "exec", "echo", "approve", "--approve", "yes");
    assertThat(approved.out()).contains("\"decision\":\"approve\"");
    assertThat(approved.err()).contains("* it asks: Shall it go on? (a1)");
    assertThat(run("", "exec", "echo", "approve", "--approve", "no").out())
        .contains("\"decision\":\"reject\"");
    assertThat(run("", "exec", "echo", "wait", "--deadline", "20").err())
        .contains("* failed: timeout:");
    assertThat(run("", "exec", "echo", "nonsense").err()).contains("bad_request: action: ");
    assertThat(run("", "exec", "echo").status()).isEqualTo(2);
    assertThat(run("", "exec", "echo", "wait", "--params", "{").status()).isEqualTo(2);
  }

  @Test
  void aShellRunsAProgramAndTerminalsListsIt() {
    assertThat(run("", "terminals").out().strip())
        .isEqualTo("There are no terminals that you may see.");
    assertThat(run("", "shell", "sh", "-c", "exit 7").status()).isEqualTo(7);
    assertThat(run("", "terminals").out().lines())
        .anySatisfy(line -> assertThat(line).contains("80x24").endsWith("ended    sh -c exit 7"));
    assertThat(run("", "terminals", "--json").out()).startsWith("{\"terminals\":[{");
  }

  @Test
  void listingsAreShownPageByPageInPartAndForWhatIsSought() {
    List<String> all = run("", "tools", "--json").out().lines().toList();
    assertThat(all).hasSize(1);
    Run one = run("", "tools", "--limit", "1");
    assertThat(one.out().lines().filter(line -> !line.startsWith(" "))).hasSize(1);
    assertThat(one.err()).startsWith("* 1 of ");
    Run found = run("", "tools", "--find", "ECHO");
    assertThat(found.out().lines().filter(line -> !line.startsWith(" "))).hasSize(1);
    assertThat(found.err()).isEmpty();
    assertThat(run("", "tools", "--find", "a b&c").out().strip())
        .isEqualTo("There are none that have this in them.");
    Run none = run("", "tools", "--limit", "0");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("--limit: must be a whole number from 1");
  }

  @Test
  void whoOneWouldLikeToBeCountsOverHttpAsWell() {
    Run code = run("", "devices", "--pair", "--user", "J\u00fcrgen");
    assertThat(code.status()).isZero();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> paired =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:" + server.address().getPort() + "/api/pairings"))
                  .header("content-type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"code\":\"%s\",\"device_id\":\"x\"}".formatted(code.out().strip())))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(paired.body()).contains("\"user_id\":\"J\u00fcrgen\"");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoOneIsIsNotSaidTwice() {
    for (List<String> command :
        List.of(List.of("devices"), List.of("stats"), List.of("publish", "a", "b:c", "1"))) {
      List<String> args = new ArrayList<>(command.subList(1, command.size()));
      args.addAll(List.of("--user", "ann", "--token", "t"));
      Run refused = run("", command.getFirst(), args.toArray(String[]::new));
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err()).contains("--user: the token says who one is");
    }
  }

  @Test
  void whatCouldNotCountIsRefused() {
    for (List<String> option :
        List.of(
            List.of("--deadline", "5"),
            List.of("--cancel-after", "5"),
            List.of("--publish-to", "lobby"),
            List.of("--conversation", "c"),
            List.of("--guidance"))) {
      List<String> args = new ArrayList<>(List.of("--attach", "x"));
      args.addAll(option);
      Run refused = run("", "run", args.toArray(String[]::new));
      assertThat(refused.status()).as(option.getFirst()).isEqualTo(2);
      assertThat(refused.err()).contains(option.getFirst()).contains("for a new one");
    }
    assertThat(run("", "devices", "--pair", "--limit", "3").err()).contains("are for the list");
    assertThat(run("", "devices", "--pair", "--json").out()).contains("\"expires_at\":");
  }

  @Test
  void toolsAreListedAndCalled() {
    assertThat(run("", "tools").out().lines())
        .anySatisfy(line -> assertThat(line).startsWith("echo ").endsWith("Says a text again."))
        .anySatisfy(line -> assertThat(line).endsWith("arguments: text"));
    Run echo = run("", "call", "echo", "--arg", "text=hello there");
    assertThat(echo.out()).isEqualTo("hello there\n");
    assertThat(echo.status()).isZero();
    Run slow = run("", "call", "sleep", "--args", "{\"seconds\":0.3}");
    assertThat(slow.out()).isEqualTo("slept for 0.3 s\n");
    assertThat(slow.err()).contains("* 10 % asleep");
    assertThat(run("", "call", "echo", "--arg", "text=x", "--json").out())
        .startsWith("{\"type\":\"result\"")
        .contains("\"ok\":true");
    Run wrong = run("", "call", "echo", "--arg", "text=7");
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("arguments: /text: integer found, string expected");
    assertThat(run("", "call", "nothing").status()).isEqualTo(1);
    assertThat(run("", "call", "echo", "--args", "{").status()).isEqualTo(2);
  }

  @Test
  void agentsAreListed() {
    assertThat(run("", "agents").out())
        .contains("echo ")
        .contains("actions: test_action approve fail wait");
    assertThat(run("", "agents", "--json").out()).startsWith("{\"agents\":[{\"agent_id\":\"echo\"");
    Run refused = run("", "agents", "--token", "garbage");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("holdfast agents: unauthorized: the token is not valid");
  }

  @Test
  void whatIsNoGatewayIsSaidInOneLine() throws Exception {
    int free;
    try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
      free = taken.getLocalPort();
    }
    String nobody = "nobody listens at 127.0.0.1:" + free;
    for (String name : List.of("stats", "agents", "chat", "device")) {
      for (Map.Entry<String, String> wrong :
          Map.of("http://127.0.0.1:" + free, nobody, "nonsense", "not a WebSocket URL: nonsense")
              .entrySet()) {
        Run refused = run("", name, "--url", wrong.getKey());
        assertThat(refused.status()).as(name).isEqualTo(1);
        assertThat(refused.out()).as(name).isEmpty();
        assertThat(refused.err().lines())
            .as(name)
            .singleElement()
            .asString()
            .startsWith("holdfast " + name + ": ")
            .endsWith(wrong.getValue());
      }
    }
  }

  @Test
  void whoCannotConnectIsToldWhy() {
    Run refused = run("", "stats", "--token", "garbage");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().strip())
        .isEqualTo("holdfast stats: unauthorized: the token is not valid");
    server.close();
    Run nobody = run("", "stats");
    assertThat(nobody.status()).isEqualTo(1);
    assertThat(nobody.err()).startsWith("holdfast stats: nobody listens at ");
  }
}
