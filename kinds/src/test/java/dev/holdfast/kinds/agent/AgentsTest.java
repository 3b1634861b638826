package dev.holdfast.kinds.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgentsTest {

  private static final AgentSettings FEW =
      new AgentSettings(
          5, 3, new Retention(4, 1 << 20, Duration.ofHours(1)), Duration.ofMinutes(1));

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong ids = new AtomicLong(1_000);
  private final List<Agents> all = new ArrayList<>();

  @AfterEach
  void leaveNothing() throws Exception {
    for (Agents agents : all) {
      agents.close();
      await(() -> agents.active() == 0);
    }
    timer.shutdownNow();
  }

  private static void await(java.util.function.BooleanSupplier holds) throws InterruptedException {
    while (!holds.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private Agents agents(Agent agent, Set<String> roles) {
    Agents made =
        new Agents(
            Engine.inMemory(InstantSource.system(), ids::incrementAndGet),
            FEW,
            List.of(new Offer("a", "for a test", List.of("act"), true, roles, agent)),
            InstantSource.system(),
            ids::incrementAndGet,
            timer);
    all.add(made);
    return made;
  }

  private static Request request(String user, @Nullable Duration deadline) {
    return new Request(user, Set.of(), false, "a", "hi", null, null, deadline);
  }

  private static Run started(Outcome outcome) {
    if (outcome instanceof Outcome.Done(Run run)) {
      return run;
    }
    throw new AssertionError(outcome);
  }

  private static String last(Run run) throws InterruptedException {
    await(() -> run.feed().ended());
    Event event = run.feed().history(null, 1, true).events().getFirst();
    return event.type() + " {" + new String(event.body(), StandardCharsets.UTF_8) + "}";
  }

  @Test
  void whoComesTooLateForTheTokensIsGivenTheTextSoFar() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Run run =
        started(
            agents(
                    r -> {
                      for (int i = 1; i <= 10; i++) {
                        r.token(i + " ");
                      }
                      r.progress(150, "soon", 2, 3);
                      go.await();
                      r.token("end");
                    },
                    Set.of())
                .start(request("ann", null)));
    await(() -> run.feed().tail().offset() == 12);
    Feed.Attached late =
        run.feed().attach(new From.After(new Position(run.feed().tail().epoch(), 3)));
    Delivery.Snapshot state = Objects.requireNonNull(late.snapshot());
    assertThat(late.recovered()).isFalse();
    assertThat(new String(state.state().body(), StandardCharsets.UTF_8))
        .contains("\"text\":\"1 2 3 4 5 6 7 8 9 10 \"")
        .contains("\"index\":10")
        .contains("\"progress\":{\"progress\":100,\"message\":\"soon\"");
    go.countDown();
    assertThat(last(run)).startsWith("done {\"text\":\"1 2 3 4 5 6 7 8 9 10 end\"");
  }

  @Test
  void cancellingInterruptsTheWorkAndClosesWhatItHolds() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    Agents agents =
        agents(
            r -> {
              r.closeAtEnd(() -> closed.set(true));
              r.token("begun");
              new CountDownLatch(1).await();
            },
            Set.of());
    Run run = started(agents.start(request("ann", null)));
    await(() -> run.feed().tail().offset() == 2);
    assertThat(agents.cancel(run.id(), "bob", false)).isInstanceOf(Outcome.Refused.class);
    assertThat(agents.cancel(run.id(), "ann", false)).isInstanceOf(Outcome.Done.class);
    assertThat(last(run)).startsWith("cancelled ");
    assertThat(closed).isTrue();
    await(() -> agents.active() == 0);
  }

  @Test
  void aDeadlineEndsTheRunAndItsWork() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    Agents agents =
        agents(
            r -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
              }
            },
            Set.of());
    Run run = started(agents.start(request("ann", Duration.ofMillis(1))));
    assertThat(last(run)).startsWith("error {\"code\":\"timeout\"").contains("\"final\":true");
    await(interrupted::get);
    await(() -> agents.active() == 0);
  }

  @Test
  void aFaultOfTheAgentIsAnEndWithoutItsDetails() throws Exception {
    Agents agents =
        agents(
            r -> {
              throw new AgentException("unavailable", "out of order", true);
            },
            Set.of());
    assertThat(last(started(agents.start(request("ann", null)))))
        .contains("\"code\":\"unavailable\",\"message\":\"out of order\"")
        .contains("\"retryable\":true");
  }

  @Test
  void anApprovalThatNobodyGivesIsTheDefault() throws Exception {
    Run run =
        started(
            agents(
                    r -> r.result("\"" + r.approval("ok?", "reject", Duration.ofMillis(1)) + "\""),
                    Set.of())
                .start(request("ann", null)));
    await(() -> run.feed().ended());
    assertThat(run.describe()).contains("\"result\":\"reject\"").contains("\"approvals\":[]");
  }

  @Test
  void whoMayNotRunAnAgentIsNotToldThatItExists() {
    Agents agents = agents(r -> {}, Set.of("analyst"));
    assertThat(agents.start(request("ann", null)))
        .isEqualTo(
            new Outcome.Refused(Outcome.Why.NOT_FOUND, "agent_id: there is no agent 'a'", -1));
    assertThat(agents.offers(Set.of(), false)).isEmpty();
    assertThat(agents.offers(Set.of("analyst"), false)).hasSize(1);
  }

  @Test
  void slotsAreExactWhateverBecomesOfTheRuns() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    Agents agents =
        agents(
            r -> {
              switch ((int) (Long.parseLong(r.id(), 36) % 4)) {
                case 0 -> {}
                case 1 -> throw new AgentException("upstream_error", "no", false);
                default -> new CountDownLatch(1).await();
              }
            },
            Set.of());
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      if (random.nextInt(3) > 0) {
        if (agents.start(request("u" + random.nextInt(3), null)) instanceof Outcome.Done(Run run)) {
          runs.add(run);
        }
      } else if (!runs.isEmpty()) {
        Run run = runs.get(random.nextInt(runs.size()));
        agents.cancel(run.id(), run.request().user(), false);
      }
      assertThat(agents.active()).as("seed %s", seed).isBetween(0, 5);
    }
    for (Run run : runs) {
      agents.cancel(run.id(), run.request().user(), false);
    }
    await(() -> agents.active() == 0);
    assertThat(runs).allMatch(run -> run.feed().ended());
    for (int i = 0; i < 3; i++) {
      assertThat(agents.start(request("ann", null)))
          .as("room again")
          .isInstanceOf(Outcome.Done.class);
    }
  }
}
