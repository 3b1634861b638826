package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the documentation, as they stand there. */
@Timeout(120)
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "docs", "examples").toAbsolutePath();

  private final List<Process> workers = new ArrayList<>();
  private @Nullable Server server;

  @AfterEach
  void stop() throws InterruptedException {
    for (Process worker : workers) {
      worker.destroyForcibly().waitFor();
    }
    if (server != null) {
      server.close();
    }
  }

  private static Server start(Map<String, String> more, @Nullable Path file) throws Exception {
    Map<String, String> settings = new java.util.HashMap<>(more);
    settings.put("server.port", "0");
    settings.put("workers.lease", "500ms");
    return Server.start(Config.load(new Options(file, settings, true), Map.of()));
  }

  private static String url(Server of) {
    return "ws://127.0.0.1:" + of.address().getPort() + "/ws";
  }

  private Process worker(Server of, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(EXAMPLES.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("HOLDFAST_URL", url(of));
    builder.environment().put("HOLDFAST_TOKEN", "dev-token");
    Process worker = builder.start();
    workers.add(worker);
    return worker;
  }

  private static String run(Server at, String command, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", url(at)));
    ToolProvider.findFirst(command)
        .orElseThrow()
        .run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return out + "|" + err;
  }

  private static void offered(Server at, String agent) throws InterruptedException {
    offered(at, "agents", agent);
  }

  private static void offered(Server at, String list, String name) throws InterruptedException {
    while (!run(at, list).contains(name)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean works(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(EXAMPLES.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Skips where it is missing, but never where all has to be there. */
  private static void needs(boolean there, String what) {
    Assumptions.assumeTrue(there || System.getenv("CI") != null, what);
    assertThat(there).as(what).isTrue();
  }

  @Test
  void thePythonWorkerWorks() throws Exception {
    String python =
        Stream.of("python3", "/usr/bin/python3")
            .filter(candidate -> works(candidate, "-c", "import websockets"))
            .findFirst()
            .orElse("");
    needs(!python.isEmpty(), "Python with the package websockets is needed");
    Server at = start(Map.of(), null);
    server = at;
    worker(at, python, "worker.py");
    offered(at, "backwards");
    assertThat(run(at, "run", "backwards", "one two three")).startsWith("three two one ");
    assertThat(run(at, "run", "backwards", "word ".repeat(500), "--deadline", "300"))
        .contains("* failed: timeout");
    assertThat(run(at, "run", "backwards", "and on")).startsWith("on and ");
  }

  @Test
  void theNodeWorkerWorksAndItsRunsGoOnWithAnother() throws Exception {
    needs(
        works("node", "--version") && Files.isDirectory(EXAMPLES.resolve("node_modules")),
        "node, and npm ci in docs/examples, are needed");
    Server at = start(Map.of(), null);
    server = at;
    Process first = worker(at, "node", "worker.mjs");
    offered(at, "shout");
    assertThat(run(at, "run", "shout", "one two")).startsWith("ONE TWO ");
    assertThat(run(at, "run", "shout", "no fire here", "--approve", "yes"))
        .startsWith("NO FIRE HERE ");
    assertThat(run(at, "run", "shout", "no fire here", "--approve", "no")).startsWith("NO HERE ");
    worker(at, "node", "worker.mjs");
    Thread killer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                TimeUnit.MILLISECONDS.sleep(400);
                // Whichever of the two has the run, only the first is killed: it goes on anyhow.
                first.destroyForcibly().waitFor();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    assertThat(run(at, "run", "shout", "word ".repeat(100).strip())).contains("WORD ".repeat(100));
    killer.join();
  }

  @Test
  void theNodeWorkerServesATool() throws Exception {
    needs(
        works("node", "--version") && Files.isDirectory(EXAMPLES.resolve("node_modules")),
        "node, and npm ci in docs/examples, are needed");
    Server at = start(Map.of(), null);
    server = at;
    worker(at, "node", "toolworker.mjs");
    offered(at, "tools", "words");
    assertThat(run(at, "call", "words", "--arg", "text=one two three")).startsWith("3");
    assertThat(run(at, "call", "words", "--arg", "text=")).startsWith("0");
    assertThat(run(at, "call", "words")).contains("bad_request: arguments: required");
  }

  @Test
  void theExpertOfTheExampleFileIsATool() throws Exception {
    Server at = start(Map.of(), EXAMPLES.resolve("expert.yaml"));
    server = at;
    assertThat(run(at, "tools")).contains("validate").contains("arguments: claim");
  }

  @Test
  void theAgentsOfTheExampleFileWork() throws Exception {
    Path file = Files.createTempFile("holdfast-agents", ".yaml");
    try {
      // The file is for a gateway that is started in its folder.
      Files.writeString(
          file,
          Files.readString(EXAMPLES.resolve("agents.yaml"))
              .replace("./agent.sh", EXAMPLES.resolve("agent.sh").toString()));
      Server at = start(Map.of(), file);
      server = at;
      assertThat(run(at, "run", "upper", "hello there")).startsWith("HELLO THERE");
      assertThat(run(at, "run", "count", "one two three"))
          .startsWith("1 2 3 ")
          .contains("* counting")
          .contains("* 66 % word 2");
      assertThat(run(at, "agents")).contains("local                a model on this machine");
    } finally {
      Files.delete(file);
    }
  }
}
