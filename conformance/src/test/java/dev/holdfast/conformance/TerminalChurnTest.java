package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.Frame;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Terminals by the thousand: what they took is given back. */
@Timeout(240)
class TerminalChurnTest {

  private static final int ROUNDS = 10;
  private static final int AT_ONCE = 200;

  /** What each terminal has of its own. */
  private static final Pattern EACH =
      Pattern.compile(
          " dev\\.holdfast\\.kinds\\.terminal\\.(Terminal|PtyProgram|screen\\.Screen)$");

  /** Threads that come with use: of the collector, the compilers, and what carries virtual ones. */
  private static final int SPARE_THREADS = 8;

  private final ChildGateways gateways = new ChildGateways();

  private Gateway gateway;
  private Trial trial;

  @BeforeEach
  void start() throws Exception {
    gateway =
        gateways.own(
            true,
            Map.of(
                "terminals.max",
                "1000",
                "terminals.max_per_user",
                "1000",
                "terminals.kept_for",
                "0s",
                "terminals.environment",
                "LC_ALL=C"));
    trial = new Trial(gateways, gateway, 0);
  }

  @AfterEach
  void stop() {
    trial.close();
    gateway.close();
    gateways.close();
    assertThat(gateways.errors()).isEmpty();
  }

  @Test
  void twoHundredAtOnceOpenedUsedAndClosedTenTimesLeaveNothing() throws Exception {
    long pid = Objects.requireNonNull(gateway.process()).pid();
    long threads = 0;
    for (int round = 0; round < ROUNDS; round++) {
      used();
      Check.becomes("no terminal", () -> trial.metric("holdfast_terminals") == 0);
      if (round == 0) {
        threads = tasks(pid);
      }
    }
    assertThat(gateway.process().descendants()).isEmpty();
    assertThat(terminals(pid)).isEmpty();
    Check.becomes("forgotten", () -> listed() == 0);
    assertThat(living(pid)).isEmpty();
    long most = threads + SPARE_THREADS;
    Check.becomes("at most " + most + " threads", () -> tasks(pid) <= most);
  }

  /** Opens them all, has each say something, and ends them: half by themselves, half by force. */
  private void used() throws Exception {
    try (Peer peer = trial.as("ann")) {
      Map<String, Shown> all = new LinkedHashMap<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Shown shown = Shown.open(peer, ",'command':['cat']");
        all.put("terminal:" + shown.id, shown);
      }
      for (Shown shown : all.values()) {
        shown.type("'used\\n'");
      }
      until(peer, all, shown -> shown.text.indexOf("used\r\nused\r\n") >= 0);
      int number = 0;
      for (Shown shown : all.values()) {
        if (number++ % 2 == 0) {
          shown.send("signal", ",'signal':'EOF'");
        } else {
          shown.send("close_terminal", "");
        }
      }
      until(peer, all, shown -> shown.closed.type().equals("closed"));
    }
  }

  private static void until(Peer peer, Map<String, Shown> all, Predicate<Shown> holds)
      throws InterruptedException {
    while (!all.values().stream().allMatch(holds)) {
      Frame frame = peer.next();
      Objects.requireNonNull(all.get(frame.text("feed")), frame.json()).take(frame);
    }
  }

  private long listed() throws IOException, InterruptedException {
    return trial.json(trial.http("GET", "/api/terminals", null)).number("total", -1);
  }

  /** What still lives of the objects of terminals, after a garbage collection. */
  private static List<String> living(long pid) throws IOException, InterruptedException {
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines;
    try (BufferedReader out = tool.inputReader()) {
      lines = out.lines().toList();
    }
    assertThat(tool.waitFor()).as(String.join("\n", lines)).isZero();
    assertThat(lines).anyMatch(line -> line.endsWith(" dev.holdfast.kinds.terminal.Terminals"));
    return lines.stream().filter(line -> EACH.matcher(line).find()).toList();
  }

  private static long tasks(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return tasks.count();
    }
  }

  private static List<String> terminals(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.map(TerminalChurnTest::target)
          .filter(target -> target.startsWith("/dev/pt"))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
