package dev.holdfast.kinds.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.common.Workers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgentWorkersTest {

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong ids = new AtomicLong(1_000);
  private final Engine engine = Engine.inMemory(InstantSource.system(), ids::incrementAndGet);
  private final Agents agents =
      new Agents(
          engine,
          new AgentSettings(
              5,
              5,
              1_000,
              new Retention(100, 1 << 20, Duration.ofHours(1)),
              Duration.ofMinutes(1),
              Duration.ofSeconds(10)),
          InstantSource.system(),
          ids::incrementAndGet,
          timer,
          (run, channel, event, json) -> {},
          run -> {});
  private final Workers workers =
      new Workers(
          engine,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          InstantSource.system(),
          ids::incrementAndGet);
  private final AgentWorkers agentWorkers = new AgentWorkers(agents, workers);

  @AfterEach
  void leaveNothing() throws InterruptedException {
    agents.close();
    while (agents.active() > 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    timer.shutdownNow();
  }

  @Test
  void aWorkerThatReadsTooSlowlyIsToldOfAllThatItHasToDo() throws Exception {
    if (!(agentWorkers.serve("s", "w", "[{\"agent_id\":\"a\"}]")
        instanceof AgentWorkers.Serving.Served served)) {
      throw new AssertionError("not served");
    }
    workers.present(served.workerId());
    Request request = new Request("ann", Set.of(), false, "a", "hi", null, null, Terms.NONE);
    if (!(agents.start(request) instanceof Outcome.Done(Run run))) {
      throw new AssertionError("not started");
    }
    Feed feed = Objects.requireNonNull(workers.feed(served.workerId(), "w", false));
    // More than the feed of a worker retains; at first the run keeps what it hears, in bounds.
    for (int i = 0; i < 10_200; i++) {
      while (agents.input(run.id(), "1", "ann", false) instanceof Outcome.Refused) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    while (feed.head().offset() < 1) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    Feed.Attached late = feed.attach(new From.After(new Position(feed.tail().epoch(), 0)));
    assertThat(late.recovered()).isFalse();
    Delivery.Snapshot state = Objects.requireNonNull(late.snapshot());
    assertThat(state.state().type()).isEqualTo("worker");
    assertThat(new String(state.state().body(), UTF_8))
        .isEqualTo(
            ("'worker_id':'%s','runs':[{'run_id':'%s','attempt':1,'agent_id':'a',"
                    + "'user_id':'ann','prompt':'hi'}]")
                .formatted(served.workerId(), run.id())
                .replace('\'', '"'));
  }
}
