package dev.holdfast.kinds.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.agent.ProcessAgent.Talk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs, in real process groups. */
@Timeout(60)
class ProcessAgentTest {

  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin", "WHO", "me");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong ids = new AtomicLong(1_000);
  private final Agents agents =
      new Agents(
          Engine.inMemory(InstantSource.system(), ids::incrementAndGet),
          new AgentSettings(
              10,
              10,
              10_000_000,
              new Retention(100_000, 1 << 28, Duration.ofHours(1)),
              Duration.ofMinutes(1),
              Duration.ofSeconds(10)),
          InstantSource.system(),
          ids::incrementAndGet,
          timer,
          (run, channel, event, json) -> {},
          run -> {});

  @TempDir Path folder;

  @AfterEach
  void leaveNothing() throws InterruptedException {
    agents.close();
    await(() -> agents.active() == 0);
    timer.shutdownNow();
    await(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    while (!holds.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private Run run(Talk talk, @Nullable String prompt, String... command) {
    String id = "p" + ids.incrementAndGet();
    agents.offer(
        new Offer(
            id,
            "",
            List.of("act"),
            true,
            Set.of(),
            5,
            null,
            new ProcessAgent(List.of(command), talk, folder, PATH)));
    Request request =
        new Request(
            "ann",
            Set.of(),
            false,
            id,
            prompt,
            prompt == null ? "act" : null,
            prompt == null ? "{\"n\":3}" : null,
            Terms.NONE);
    if (agents.start(request) instanceof Outcome.Done(Run run)) {
      return run;
    }
    throw new AssertionError("not started");
  }

  private static String last(Run run) throws InterruptedException {
    await(() -> run.feed().ended());
    return text(run, 1).getFirst();
  }

  private static List<String> text(Run run, int last) {
    return run.feed().history(null, last, true).events().stream()
        .map(e -> e.type() + " " + new String(e.body(), UTF_8))
        .toList();
  }

  @Test
  void aProgramReadsThePromptAndWritesTokens() throws Exception {
    Run run = run(Talk.TEXT, "schön 😀 and \"quoted\"\nlines", "cat");
    assertThat(last(run)).startsWith("done \"text\":\"schön 😀 and \\\"quoted\\\"\\nlines\"");
  }

  @Test
  void aPromptIsOneArgumentWhateverIsInIt() throws Exception {
    Run run = run(Talk.ARGUMENT, "$(id); rm -rf '*'", "printf", "%s|%s", "{prompt}", "{action}");
    assertThat(last(run)).startsWith("done \"text\":\"$(id); rm -rf '*'|\"");
  }

  @Test
  void charactersAreNeverCutInTwo() throws Exception {
    Run run =
        run(
            Talk.TEXT,
            "",
            "sh",
            "-c",
            "i=0; while [ $i -lt 20000 ]; do printf 😀é; i=$((i+1)); done");
    assertThat(last(run)).startsWith("done \"text\":\"" + "😀é".repeat(20_000) + "\"");
    assertThat(
            run.feed().history(null, 1_000, false).events().stream()
                .filter(e -> e.type().equals("token"))
                .map(e -> new String(e.body(), UTF_8))
                .noneMatch(t -> t.contains("\ufffd")))
        .isTrue();
  }

  @Test
  void aProgramHasTheEnvironmentThatItIsGivenAndNoOther() throws Exception {
    Run run = run(Talk.TEXT, "", "sh", "-c", "env | grep -v -E '^(_|PWD|SHLVL|OLDPWD)=' | sort");
    assertThat(last(run)).startsWith("done \"text\":\"PATH=/usr/bin:/bin\\nWHO=me\\n\"");
  }

  @Test
  void cancellingKillsTheWholeGroupAtOnce() throws Exception {
    Path pids = folder.resolve("pids");
    Run run =
        run(
            Talk.TEXT,
            "",
            "sh",
            "-c",
            "trap '' TERM INT; sleep 1000 & (sleep 1001 & echo $! >> pids; wait) &"
                + " echo $$ >> pids; echo $! >> pids; echo up; wait");
    await(() -> run.describe().contains("\"text\":\"up"));
    await(() -> lines(pids).size() == 3);
    List<Long> alive = lines(pids).stream().map(Long::valueOf).toList();
    long began = System.nanoTime();
    agents.cancel(run.id(), "ann", false);
    await(() -> alive.stream().noneMatch(ProcessAgentTest::lives));
    long millis = (System.nanoTime() - began) / 1_000_000;
    assertThat(last(run)).startsWith("cancelled ");
    System.out.println("three processes were gone after " + millis + " ms");
  }

  private static boolean lives(long pid) {
    try {
      // A zombie that nobody has reaped yet is gone, too.
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (java.io.IOException e) {
      return List.of();
    }
  }

  @Test
  void aChildThatHoldsTheOutputIsNotWaitedForAndKilled() throws Exception {
    Run run = run(Talk.TEXT, "", "sh", "-c", "sleep 1000 & echo $! > pids; echo done");
    assertThat(last(run)).startsWith("done \"text\":\"done\\n\"");
    long pid = Long.parseLong(lines(folder.resolve("pids")).getFirst());
    await(() -> !lives(pid));
  }

  @Test
  void aProgramThatFailsSaysItsCodeAndNothingOfItsErrorsToUsers() throws Exception {
    Run run = run(Talk.TEXT, "", "sh", "-c", "echo before; echo secret >&2; exit 3");
    assertThat(last(run))
        .startsWith("error \"code\":\"upstream_error\",\"message\":\"the agent ended with code 3\"")
        .doesNotContain("secret");
    assertThat(run.describe()).contains("\"text\":\"before\\n\"");
  }

  @Test
  void aProgramThatIsNotThereIsAnErrorWithoutItsPath() throws Exception {
    Run run = run(Talk.TEXT, "", "/no/such/program");
    // Where there is setsid, that is what can't find it.
    assertThat(last(run)).startsWith("error ").doesNotContain("/no/such");
  }

  @Test
  void reportsAreEvents() throws Exception {
    Path script = folder.resolve("agent.sh");
    Files.writeString(
        script,
        """
        read -r asked
        echo '{"status":"working"}'
        echo '{"progress":50,"message":"half","step":1,"total_steps":2}'
        echo '{"log":"a line","level":"debug"}'
        echo '{"token":"one "}'
        echo '{"tool_call":{"call_id":"c","name":"t","arguments":{"x":1}}}'
        echo '{"tool_result":{"call_id":"c","name":"t","result":[1]}}'
        echo 'not json'
        echo '{"unknown":1}'
        echo '{"approval_request":{"approval_id":"mine","question":"ok?","default":"no"}}'
        read -r decided
        read -r said
        echo '{"usage":{"tokens_in":7,"tokens_out":9}}'
        printf '{"result":[%s,%s,%s]}\\n' "$asked" "$decided" "$said"
        """);
    Run run = run(Talk.JSON, null, "sh", script.toString());
    await(() -> run.describe().contains("\"approval_id\":\"a1\""));
    assertThat(agents.approve(run.id(), "a1", "approve", "ann", false))
        .isInstanceOf(Outcome.Done.class);
    assertThat(agents.input(run.id(), "{\"more\":true}", "ann", false))
        .isInstanceOf(Outcome.Done.class);
    await(() -> run.feed().ended());
    String id = ",\"run_id\":\"" + run.id() + "\"";
    assertThat(
            run.feed().history(null, 100, false).events().stream()
                .filter(e -> !e.type().equals("started") && !e.type().equals("complete"))
                .map(ProcessAgentTest::line))
        .containsExactly(
            "status \"status\":\"working\"" + id,
            "progress \"progress\":50,\"message\":\"half\",\"step\":1,\"total_steps\":2" + id,
            "log \"level\":\"debug\",\"message\":\"a line\"" + id,
            "token \"index\":1,\"text\":\"one \"" + id,
            "tool_call \"call_id\":\"c\",\"name\":\"t\",\"arguments\":{\"x\":1}" + id,
            "tool_result \"call_id\":\"c\",\"name\":\"t\",\"ok\":true,\"result\":[1]" + id,
            "log \"level\":\"warn\",\"message\":\"the agent wrote a line that is not JSON\"" + id,
            "log \"level\":\"warn\",\"message\":\"the agent wrote a line that has none of the"
                + " members that a report has\""
                + id,
            "approval_request \"approval_id\":\"a1\",\"question\":\"ok?\",\"default\":\"no\","
                + "\"expires_in_ms\":600000"
                + id,
            "approval \"approval_id\":\"a1\",\"decision\":\"approve\",\"by\":\"ann\"" + id,
            "result \"result\":[{\"run_id\":\""
                + run.id()
                + "\",\"agent_id\":\""
                + run.request().agentId()
                + "\",\"user_id\":\"ann\",\"action\":\"act\",\"params\":{\"n\":3}},"
                + "{\"approval\":{\"approval_id\":\"mine\",\"decision\":\"approve\"}},"
                + "{\"input\":{\"more\":true}}]"
                + id);
    assertThat(last(run)).contains("\"usage\":{\"tokens_in\":7,\"tokens_out\":9,");
  }

  private static String line(Event event) {
    return event.type() + " " + new String(event.body(), UTF_8);
  }
}
