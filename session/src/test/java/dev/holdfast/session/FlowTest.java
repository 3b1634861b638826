package dev.holdfast.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowTest {

  private final Stepped world = new Stepped();

  private Client subscriber(Stepped.StepLoop on, String user, String channel) {
    Client client = world.connect(on, user);
    client.say("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}");
    client.take();
    return client;
  }

  @Test
  void aBatchOfEventsIsFlushedOncePerConnection() {
    Client ann = subscriber(world.first, "ann", "a");
    Client bob = subscriber(world.first, "bob", "a");
    ann.flushes = 0;
    bob.flushes = 0;
    for (int i = 0; i < 50; i++) {
      world.say("a", "n" + i);
    }
    assertThat(world.first.tasks).hasSize(1);
    world.first.step();
    assertThat(ann.take()).hasSize(50);
    assertThat(bob.take()).hasSize(50);
    assertThat(ann.flushes).isEqualTo(1);
    assertThat(bob.flushes).isEqualTo(1);
  }

  @Test
  void aClientWithoutRoomIsSentNothingAndGoesOnWhereItStood() {
    Client slow = subscriber(world.first, "ann", "a");
    Client fast = subscriber(world.first, "bob", "a");
    slow.room = 0;
    for (int i = 1; i <= 20; i++) {
      world.say("a", "n" + i);
    }
    world.run();
    assertThat(slow.take()).isEmpty();
    assertThat(fast.take()).hasSize(20);
    slow.makeRoom(1 << 20);
    List<String> late = slow.take();
    assertThat(late).hasSize(20);
    assertThat(late.getLast()).contains("n20").contains("\"offset\":20");
  }

  @Test
  void aSlowReaderIsToldTheGapWithItsRange() {
    world.retention = new Retention(5, 1 << 20, Duration.ofHours(1));
    Client slow = subscriber(world.first, "ann", "a");
    slow.room = 1;
    for (int i = 1; i <= 20; i++) {
      world.say("a", "n" + i);
      world.run();
    }
    assertThat(slow.only()).contains("\"offset\":1");
    slow.makeRoom(1 << 20);
    List<String> frames = slow.take();
    assertThat(frames).hasSize(6);
    assertThat(frames.getFirst())
        .isEqualTo(
            "{\"type\":\"gap\",\"feed\":\"channel:a\",\"from\":2,\"to\":15,\"reason\":\"slow\"}");
    assertThat(frames.get(1)).contains("\"offset\":16");
  }

  @Test
  void answersDoNotWaitForEventsThatWait() {
    Client ann = subscriber(world.first, "ann", "a");
    ann.room = 0;
    world.say("a", "bulk");
    world.run();
    ann.say("{\"type\":\"ping\",\"timestamp\":5}");
    assertThat(ann.only()).isEqualTo("{\"type\":\"pong\",\"timestamp\":5}");
  }

  @Test
  void oneBusyFeedDoesNotStarveAnother() {
    Client ann = subscriber(world.first, "ann", "busy");
    ann.say("{\"type\":\"subscribe\",\"channel\":\"quiet\"}");
    ann.take();
    for (int i = 0; i < 900; i++) {
      world.say("busy", "x".repeat(100));
    }
    world.say("quiet", "here");
    ann.room = 64 * 1024;
    world.first.step();
    assertThat(ann.take()).anySatisfy(frame -> assertThat(frame).contains("here"));
  }

  @Test
  void theHeartbeatIsAnsweredOrTheConnectionIsClosed() {
    Client dead = world.connect(world.first, "ann");
    Client alive = world.connect(world.first, "bob");
    dead.answersPings = false;
    world.pass(Duration.ofSeconds(36));
    assertThat(dead.closeCode).isEqualTo(CloseCode.TIMED_OUT);
    assertThat(alive.closeCode).isZero();
    assertThat(alive.pings).isBetween(1, 2);
  }

  @Test
  void aReaderThatWorksOffMuchIsWaitedForLonger() {
    Client slow = subscriber(world.first, "ann", "a");
    slow.answersPings = false;
    for (int i = 0; i < 600; i++) {
      world.say("a", "x".repeat(100));
    }
    world.run();
    world.pass(Duration.ofMinutes(1));
    assertThat(slow.closeCode).isZero();
    world.pass(Duration.ofMinutes(4));
    assertThat(slow.closeCode).isEqualTo(CloseCode.TIMED_OUT);
  }

  @Test
  void anIdleConnectionIsClosedAfterTheTimeItNamedAndNotWhileTrafficFlows() {
    Client ann =
        world.connect(
            world.first,
            new Opening(Endpoint.CHAT, "10.0.0.1", "ann", null, "a", Duration.ofSeconds(1)));
    for (int i = 0; i < 10; i++) {
      world.pass(Duration.ofMillis(500));
      world.say("a", "traffic");
      world.run();
    }
    assertThat(ann.closeCode).isZero();
    world.pass(Duration.ofMillis(1_250));
    assertThat(ann.closeCode).isEqualTo(4008);
    assertThat(ann.closeReason).isEqualTo("idle");
  }

  @Test
  void drainingSendsEverybodyAwayOneAfterTheOtherWithAdvice() {
    List<Client> clients =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(i -> world.connect(world.first, "ann"))
            .toList();
    int[] done = {0};
    world.gateway.drain(Duration.ofSeconds(2), () -> done[0]++);
    world.pass(Duration.ofSeconds(1));
    long gone = clients.stream().filter(c -> c.closeCode == 1001).count();
    assertThat(gone).isBetween(2L, 6L);
    world.pass(Duration.ofMillis(1_250));
    assertThat(clients).allSatisfy(c -> assertThat(c.closeCode).isEqualTo(1001));
    assertThat(clients.getFirst().frames.getLast()).contains("\"reconnect_after_ms\"");
    assertThat(done[0]).isZero();
    clients.forEach(Client::cut);
    assertThat(done[0]).isEqualTo(1);
    assertThat(world.connect(world.first, "ann").refused)
        .isNotNull()
        .extracting(Knock.Refused::status)
        .isEqualTo(503);
  }
}
