package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** holdfast.js outside of a browser: in Node, with the WebSocket that Node has. */
@Timeout(120)
class HoldfastJsTest {

  private static final Path CLIENT =
      Path.of("..", "console/src/main/resources/dev/holdfast/console/page/holdfast.js")
          .toAbsolutePath()
          .normalize();

  @Test
  void itComesBackByItselfAndGivesEachEventOnce() throws Exception {
    tried(
        Map.of("auth.secret", Gateways.SECRET, "session.token_warning", "1s"),
        "holdfast-js.mjs",
        "16 passed");
  }

  @Test
  void itAsksAgainForWhatItAskedForTooFast() throws Exception {
    tried(Map.of("session.commands_per_second", "40"), "holdfast-js-limits.mjs", "all passed");
  }

  private static void tried(Map<String, String> settings, String script, String end)
      throws Exception {
    Assumptions.assumeTrue(
        System.getenv("CI") != null || hasWebSocket(),
        "holdfast.js is tried in Node 20.10 or later, which is not installed");
    try (ChildGateways gateways = new ChildGateways();
        Gateway gateway = gateways.own(true, settings)) {
      Process node =
          node(
              Path.of("src/test/resources", script).toString(),
              CLIENT.toUri().toString(),
              gateway.ws("/ws").toString(),
              Gateways.SECRET);
      String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(node.waitFor()).as(said).isZero();
      assertThat(said).contains(end);
      assertThat(gateways.errors()).isEmpty();
    }
  }

  private static Process node(String... arguments) throws IOException {
    List<String> command =
        new java.util.ArrayList<>(List.of("node", "--no-warnings", "--experimental-websocket"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static boolean hasWebSocket() throws InterruptedException {
    try {
      Process node = node("--eval", "process.exit(typeof WebSocket === 'function' ? 0 : 1)");
      return node.waitFor(40, TimeUnit.SECONDS) && node.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
