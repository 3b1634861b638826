package dev.holdfast.kinds.agent;

import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The agent that needs nothing: it says the prompt again, word by word. Any thread. */
public final class EchoAgent implements Agent {

  /** What it can be asked to execute. */
  public static final List<String> ACTIONS = List.of("test_action", "approve", "fail", "wait");

  private static final int STEPS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Duration pause;

  /**
   * @param pause between two words, or two steps
   */
  public EchoAgent(Duration pause) {
    this.pause = pause;
  }

  /** The agent as users find it, by that id. */
  public static Offer offer(String id, Duration pause) {
    return new Offer(
        id,
        "says the prompt again, word by word; for trials",
        ACTIONS,
        true,
        Set.of(),
        Integer.MAX_VALUE,
        null,
        new EchoAgent(pause));
  }

  @Override
  public void work(Run run) throws InterruptedException, AgentException {
    String action = run.request().action();
    if (action == null) {
      repeat(run);
      return;
    }
    switch (action) {
      case "test_action" -> steps(run);
      case "approve" -> approve(run);
      case "fail" -> {
        run.progress(50, "about to fail", 1, 2);
        throw new AgentException("upstream_error", "it failed, as it was asked to", false);
      }
      case "wait" -> {
        String words = run.input(PATIENCE);
        run.result(new Members().raw("heard", words == null ? "null" : words).object());
      }
      default -> throw new AgentException("bad_request", "action: unknown", false);
    }
  }

  private void repeat(Run run) throws InterruptedException {
    String prompt = String.valueOf(run.request().prompt());
    int from = 0;
    while (from < prompt.length()) {
      int to = from;
      while (to < prompt.length() && Character.isWhitespace(prompt.charAt(to))) {
        to++;
      }
      while (to < prompt.length() && !Character.isWhitespace(prompt.charAt(to))) {
        to++;
      }
      run.token(prompt.substring(from, to));
      from = to;
      pause();
    }
  }

  private void pause() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!pause.isZero()) {
      Thread.sleep(pause);
    }
  }

  private void steps(Run run) throws InterruptedException {
    run.status("working");
    for (int step = 1; step <= STEPS; step++) {
      run.log("info", "step " + step);
      run.progress(100 * step / STEPS, "step " + step, step, STEPS);
      pause();
    }
    String params = run.request().params();
    run.result(new Members().raw("echo", params == null ? "null" : params).object());
  }

  private static void approve(Run run) throws InterruptedException {
    String params = run.request().params();
    long millis =
        params != null && params.startsWith("{") ? Report.Parts.of(params).number("within_ms") : 0;
    Duration within = millis > 0 ? Duration.ofMillis(millis) : PATIENCE;
    String decision = run.approval("Shall it go on?", "reject", within);
    run.result(new Members().text("decision", decision).object());
  }
}
