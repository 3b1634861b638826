package dev.holdfast.kinds.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.From;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ToolsTest {

  private final AtomicLong ids = new AtomicLong();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Engine engine = Engine.inMemory(InstantSource.system(), () -> 7);
  private @Nullable Tools made;

  private static ToolSettings settings(int calls, int perSession, Duration queue, String timeout) {
    return new ToolSettings(
        calls,
        perSession,
        queue,
        100,
        0,
        0,
        0,
        1 << 20,
        Duration.parse(timeout),
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        1 << 20,
        1 << 20,
        Duration.ofMinutes(10),
        List.of(),
        List.of());
  }

  private Tools tools(ToolSettings settings) {
    Tools tools =
        new Tools(
            engine, settings, InstantSource.system(), ids::incrementAndGet, timer, CallLog.NONE);
    made = tools;
    return tools;
  }

  @AfterEach
  void stop() {
    if (made != null) {
      made.close();
    }
    timer.shutdownNow();
  }

  private static ToolRequest request(
      String user, String session, @Nullable String id, String tool, String arguments) {
    return new ToolRequest(
        user, Set.of(), false, session, null, id, tool, arguments.getBytes(UTF_8));
  }

  private static Call called(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Called.class);
    return ((Answer.Called) answer).call();
  }

  private static List<String> events(Call call) {
    List<String> types = new ArrayList<>();
    call.feed()
        .attach(From.START)
        .reader()
        .poll(
            Long.MAX_VALUE,
            delivery -> {
              if (delivery instanceof Event event) {
                types.add(event.type());
              } else if (delivery == Delivery.Mark.END) {
                types.add("END");
              }
            });
    return types;
  }

  /** Does as its arguments say: {@code {millis, then}}. */
  private static final class Doer implements Provider {
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    private final String id;

    Doer(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public List<Described> tools() {
      return List.of(
          new Described("do", "does", "{\"type\":\"object\"}", false),
          new Described("redo", "does again", "{\"type\":\"object\"}", true));
    }

    @Override
    public String call(Work work) throws ToolException, InterruptedException {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      try {
        work.progress(1, 3, "begun");
        Thread.sleep(work.arguments().path("millis").asInt(0));
        work.chunk("piece");
        switch (work.arguments().path("then").asString("")) {
          case "fail" -> throw ToolException.execution("as told");
          case "break" -> throw ToolException.provider("as told");
          case "crash" -> throw new IllegalStateException("as told");
          default -> {}
        }
        return Outputs.text("done");
      } finally {
        running.decrementAndGet();
      }
    }

    @Override
    public void close() {}
  }

  private static ProviderSettings provider(int limit) {
    return new ProviderSettings(
        limit, 0, 1_000_000, Duration.ofSeconds(1), 2, Duration.ofMillis(1), "", Map.of());
  }

  @Test
  void whateverHappensToThemCallsEndOnceAndNoSlotIsLost() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("tools: seed " + seed);
    Random random = new Random(seed);
    java.util.logging.Logger quiet = java.util.logging.Logger.getLogger(Tools.class.getName());
    quiet.setLevel(java.util.logging.Level.OFF);
    Doer doer = new Doer("doer");
    Tools tools = tools(settings(6, 3, Duration.ofMillis(20), "PT0.05S"));
    tools.add(doer, provider(5));
    List<Call> calls = new ArrayList<>();
    String[] ends = {"", "fail", "break", "crash"};
    for (int sequence = 0; sequence < 1_000; sequence++) {
      String session = "s" + random.nextInt(4);
      for (int step = random.nextInt(4); step >= 0; step--) {
        String user = "u" + random.nextInt(2);
        String arguments =
            "{\"millis\":%d,\"then\":\"%s\"}"
                .formatted(
                    random.nextInt(10) == 0 ? 1_000 : random.nextInt(4),
                    ends[random.nextInt(ends.length)]);
        String id = random.nextInt(3) == 0 ? "r" + random.nextInt(50) : null;
        Answer answer =
            tools.call(request(user, session, id, random.nextBoolean() ? "do" : "redo", arguments));
        if (answer instanceof Answer.Called(Call call, boolean again) && !again) {
          calls.add(call);
        }
        if (!calls.isEmpty() && random.nextInt(4) == 0) {
          boolean _ = tools.cancel(calls.get(random.nextInt(calls.size())));
        }
        if (random.nextInt(20) == 0) {
          tools.tick();
        }
      }
      if (random.nextInt(10) == 0) {
        Thread.sleep(random.nextInt(5));
      }
    }
    for (Call call : calls) {
      assertThat(call.await(10_000)).as(call.requestId()).isTrue();
    }
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while ((tools.inFlight() > 0
            || tools.queued() > 0
            || tools.working() > 0
            || doer.running.get() > 0)
        && System.nanoTime() - until < 0) {
      Thread.sleep(5);
    }
    assertThat(tools.inFlight()).isZero();
    assertThat(tools.queued()).isZero();
    assertThat(tools.working()).isZero();
    assertThat(doer.running.get()).isZero();
    assertThat(tools.health().getFirst().inFlight()).isZero();
    assertThat(doer.most.get()).isLessThanOrEqualTo(5);
    ToolFigures figures = tools.figures();
    assertThat(figures.failures(ToolError.OVER_CAPACITY)).isPositive();
    long failed = 0;
    for (ToolError error : ToolError.values()) {
      failed += figures.failures(error);
    }
    // Every request came to one end.
    assertThat(figures.succeeded() + failed + figures.repeated()).isEqualTo(figures.called());
    for (Call call : calls.subList(Math.max(0, calls.size() - 50), calls.size())) {
      if (tools.find(call.id(), call.user(), false) != null) {
        assertThat(events(call)).endsWith("END").containsOnlyOnce("result");
      }
    }
  }

  @Test
  void oneOfManyThatShareWorkMayLeaveIt() throws Exception {
    Tools tools = tools(settings(10, 10, Duration.ZERO, "PT10S"));
    tools.add(new Doer("doer"), provider(10));
    String arguments = "{\"millis\":1500}";
    Call first = called(tools.call(request("ann", "a", "1", "do", arguments)));
    Call second = called(tools.call(request("ann", "b", "1", "do", "{ \"millis\" : 1500 }")));
    assertThat(tools.inFlight()).isEqualTo(1);
    assertThat(tools.cancel(first)).isTrue();
    assertThat(first.result(false)).contains("CANCELLED");
    assertThat(second.await(20_000)).isTrue();
    assertThat(second.result(false)).contains("\"text\":\"done\"");
    assertThat(events(second)).containsExactly("progress", "chunk", "result", "complete", "END");
    assertThat(tools.cancel(second)).isFalse();
    Call third = called(tools.call(request("ann", "b", "2", "do", arguments)));
    assertThat(tools.cancel(third)).isTrue();
    long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (tools.inFlight() > 0 && System.nanoTime() - until < 0) {
      Thread.sleep(1);
    }
    assertThat(tools.inFlight()).isZero();
    // Another user's is another call.
    called(tools.call(request("ann", "a", "3", "do", arguments)));
    called(tools.call(request("zoe", "z", "3", "do", arguments)));
    assertThat(tools.inFlight()).isEqualTo(2);
  }

  @Test
  void aSessionNameThatAnotherUserHadBeforeIsNotInTheWay() {
    Tools tools = tools(settings(10, 10, Duration.ZERO, "PT10S"));
    tools.add(new BuiltIn(() -> "{}", true), ProviderSettings.USUAL);
    called(tools.call(request("ann", "mine", "1", "echo", "{\"text\":\"ann's\"}")));
    Answer answer = tools.call(request("zoe", "mine", "1", "echo", "{\"text\":\"zoe's\"}"));
    assertThat(called(answer).result(false)).contains("zoe's");
    assertThat(((Answer.Called) answer).again()).isFalse();
  }

  @Test
  void callsThatEndedAreForgottenOldestFirst() {
    Tools tools = tools(settings(10, 10, Duration.ZERO, "PT10S"));
    tools.add(new BuiltIn(() -> "{}", true), ProviderSettings.USUAL);
    Call first = called(tools.call(request("ann", "a", "1", "echo", "{\"text\":\"hi\"}")));
    assertThat(first.result(false)).contains("\"text\":\"hi\"");
    assertThat(tools.find("ann", "a", "1")).isSameAs(first);
    assertThat(events(first)).containsExactly("result", "END");
    for (int i = 0; i < 2_000; i++) {
      called(tools.call(request("ann", "b", null, "echo", "{\"text\":\"hi\"}")));
    }
    assertThat(tools.find("ann", "a", "1")).isNull();
    assertThat(tools.find(first.id(), "ann", true)).isNull();
    assertThat(engine.size()).isZero();
  }
}
