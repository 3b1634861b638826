package dev.holdfast.kinds.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgentsTest {

  private static final AgentSettings FEW =
      new AgentSettings(
          5,
          3,
          1_000,
          new Retention(4, 1 << 20, Duration.ofHours(1)),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10));
  private static final AgentSettings MANY =
      new AgentSettings(
          5,
          3,
          1_000_000,
          new Retention(10_000, 1 << 24, Duration.ofHours(1)),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10));

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong ids = new AtomicLong(1_000);
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final List<String> published = new CopyOnWriteArrayList<>();
  private final List<Run> counted = new CopyOnWriteArrayList<>();
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
    return agents(FEW, agent, roles);
  }

  private Agents agents(AgentSettings settings, Agent agent, Set<String> roles) {
    InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
    Agents made =
        new Agents(
            Engine.inMemory(clock, ids::incrementAndGet),
            settings,
            clock,
            ids::incrementAndGet,
            timer,
            (run, channel, event, json) -> published.add(channel + " " + event + " " + json),
            counted::add);
    made.offer(new Offer("a", "for a test", List.of("act"), true, roles, 5, null, agent));
    all.add(made);
    return made;
  }

  private static Request request(String user, Terms terms) {
    return new Request(user, Set.of(), false, "a", "hi", null, null, terms);
  }

  private static List<String> told(Feed.Attached attached) {
    List<String> told = new ArrayList<>();
    attached
        .reader()
        .poll(
            Long.MAX_VALUE,
            delivery -> {
              if (delivery instanceof Event event) {
                told.add(event.span() + " " + event.type() + " " + new String(event.body(), UTF_8));
              }
            });
    return told;
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
    return event.type() + " {" + new String(event.body(), UTF_8) + "}";
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
                .start(request("ann", Terms.NONE)));
    await(() -> run.feed().tail().offset() == 12);
    Feed.Attached late =
        run.feed().attach(new From.After(new Position(run.feed().tail().epoch(), 3)));
    Delivery.Snapshot state = Objects.requireNonNull(late.snapshot());
    assertThat(late.recovered()).isFalse();
    assertThat(new String(state.state().body(), UTF_8))
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
    Run run = started(agents.start(request("ann", Terms.NONE)));
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
    Run run =
        started(
            agents.start(request("ann", new Terms(Duration.ofMillis(1), null, null, null, false))));
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
    assertThat(last(started(agents.start(request("ann", Terms.NONE)))))
        .contains("\"code\":\"unavailable\",\"message\":\"out of order\"")
        .contains("\"retryable\":true");
  }

  @Test
  void anApprovalThatNobodyGivesIsTheDefault() throws Exception {
    Agents agents =
        agents(
            r -> r.result("\"" + r.approval("ok?", "reject", Duration.ofMillis(10)) + "\""),
            Set.of());
    Run run = started(agents.start(request("ann", Terms.NONE)));
    await(() -> run.feed().tail().offset() == 2);
    millis.addAndGet(9);
    agents.tick();
    assertThat(run.describe()).contains("\"approval_id\":\"a1\"");
    millis.addAndGet(1);
    agents.tick();
    await(() -> run.feed().ended());
    assertThat(run.describe()).contains("\"result\":\"reject\"").contains("\"approvals\":[]");
  }

  @Test
  void theTokensOfARunThatHasEndedAreOneEventOfWhichEveryReaderGetsItsRest() throws Exception {
    Agents agents =
        agents(
            MANY,
            r -> {
              for (int i = 1; i <= 1_000; i++) {
                r.token(i + " ");
                if (i == 500) {
                  r.progress(50, "half", 0, 0);
                }
              }
            },
            Set.of());
    Run run = started(agents.start(request("ann", Terms.NONE)));
    await(() -> run.feed().ended());
    Feed feed = run.feed();
    List<String> all = told(feed.attach(From.START));
    assertThat(all).hasSize(5);
    assertThat(all.get(1)).startsWith("500 token \"index\":500,\"text\":\"1 2 ");
    assertThat(all.get(2)).startsWith("1 progress");
    assertThat(all.get(3)).startsWith("500 token \"index\":1000,\"text\":\"501 502 ");
    long epoch = feed.tail().epoch();
    for (int at = 1; at <= 502; at++) {
      // The event at offset at + 1 is the token of that number.
      List<String> rest = told(feed.attach(new From.After(new Position(epoch, at + 1))));
      StringBuilder expected = new StringBuilder();
      for (int i = at + 1; i <= 500; i++) {
        expected.append(i).append(' ');
      }
      String first = rest.getFirst();
      if (at < 500) {
        assertThat(first)
            .isEqualTo(
                (500 - at)
                    + " token \"index\":500,\"text\":\""
                    + expected
                    + "\",\"run_id\":\""
                    + run.id()
                    + "\"");
      } else {
        assertThat(first).startsWith(at == 500 ? "1 progress" : (at == 501 ? "500" : "499"));
      }
    }
  }

  @Test
  void aRunThatNobodyFollowsForLongerThanItIsToIsCancelled() throws Exception {
    Agents agents = agents(r -> new CountDownLatch(1).await(), Set.of());
    Duration patience = Duration.ofSeconds(2);
    Run run = started(agents.start(request("ann", new Terms(null, patience, null, null, false))));
    Run other = started(agents.start(request("ann", Terms.NONE)));
    run.followed();
    millis.addAndGet(5_000);
    agents.tick();
    assertThat(run.state()).isEqualTo(Run.State.RUNNING);
    run.unfollowed();
    millis.addAndGet(1_999);
    agents.tick();
    assertThat(run.state()).isEqualTo(Run.State.RUNNING);
    millis.addAndGet(1);
    agents.tick();
    assertThat(last(run)).startsWith("cancelled {\"reason\":\"nobody follows it\"");
    assertThat(other.state()).isEqualTo(Run.State.RUNNING);
  }

  @Test
  void aSilentRunGivesSignsOfLife() throws Exception {
    Agents agents = agents(r -> new CountDownLatch(1).await(), Set.of());
    Run run = started(agents.start(request("ann", Terms.NONE)));
    millis.addAndGet(9_999);
    agents.tick();
    assertThat(run.feed().tail().offset()).isEqualTo(1);
    millis.addAndGet(1);
    agents.tick();
    agents.tick();
    assertThat(told(run.feed().attach(From.START)).getLast())
        .isEqualTo("1 heartbeat \"elapsed_ms\":10000,\"run_id\":\"" + run.id() + "\"");
  }

  @Test
  void anAnswerWithoutEndIsEnded() throws Exception {
    Agents agents =
        agents(
            r -> {
              while (!r.cancelled()) {
                r.token("again and again ");
              }
            },
            Set.of());
    Run run = started(agents.start(request("ann", Terms.NONE)));
    assertThat(last(run)).startsWith("error {\"code\":\"too_large\"");
    await(() -> agents.active() == 0);
  }

  @Test
  void aChannelAndTheUserAreToldWhereARunAsksForIt() throws Exception {
    Agents agents =
        agents(
            r -> {
              r.progress(40, "reading", 2, 5);
              r.log("info", "a line");
              r.token("hello");
            },
            Set.of());
    Run run = started(agents.start(request("ann", new Terms(null, null, null, "room", true))));
    await(() -> !counted.isEmpty());
    assertThat(published.stream().map(p -> p.substring(0, p.indexOf('{') - 1)))
        .containsExactly(
            "room streaming:start",
            "user:ann canvas:update",
            "room streaming:update",
            "user:ann canvas:update",
            "room streaming:update",
            "user:ann canvas:update",
            "room streaming:update",
            "room streaming:complete",
            "user:ann canvas:update");
    assertThat(published.get(6))
        .isEqualTo(
            ("room streaming:update {'run_id':'%s','agent_id':'a','kind':'token',"
                    + "'data':{'index':1,'text':'hello'}}")
                .formatted(run.id())
                .replace('\'', '"'));
    assertThat(published.getLast())
        .contains("\"action\":\"close\",\"component\":\"agent_operation_tracker\"")
        .contains("\"status\":\"completed\"")
        .contains("\"current_step\":\"reading\",\"current_step_index\":2,\"total_steps\":5")
        .contains("\"progress\":100,\"context\":{\"what\":\"hi\",\"why\":\"hi\"")
        .contains("\"logs\":[\"info: a line\"]");
    assertThat(counted).containsExactly(run);
    assertThat(run.usage().tokensOut()).isEqualTo(1);
  }

  @Test
  void whoMayNotRunAnAgentIsNotToldThatItExists() {
    Agents agents = agents(r -> {}, Set.of("analyst"));
    assertThat(agents.start(request("ann", Terms.NONE)))
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
        if (agents.start(request("u" + random.nextInt(3), Terms.NONE))
            instanceof Outcome.Done(Run run)) {
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
    await(() -> counted.size() == runs.size());
    assertThat(runs).allMatch(run -> run.feed().ended());
    for (int i = 0; i < 3; i++) {
      assertThat(agents.start(request("ann", Terms.NONE)))
          .as("room again")
          .isInstanceOf(Outcome.Done.class);
    }
  }
}
