package dev.holdfast.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Retention;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Events from a feed to sockets that read them, or do not. */
class FlowTest {

  private static final FeedId FEED = new FeedId("channel", "lobby");
  private static final int EVENTS = 40_000;

  private final Engine engine = Engine.inMemory(Clock.systemUTC(), () -> 9);
  private final Owner owner =
      engine.own(FEED, new Retention(EVENTS, 128L << 20, Duration.ofHours(1)));
  private final Served served;

  FlowTest() throws IOException {
    served =
        new Served(
            TransportSettings.DEFAULTS,
            (request, reply) -> reply.send(404, Map.of(), new byte[0]),
            true,
            new OneFeed());
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private RawClient reader() throws IOException {
    RawClient client = served.client();
    assertThat(client.upgrade("/ws?token=ann")).startsWith("HTTP/1.1 101");
    client.next();
    client.text("{\"type\":\"attach\",\"feed\":\"channel:lobby\",\"from\":\"now\"}");
    assertThat(client.next().text()).contains("\"type\":\"attached\"");
    return client;
  }

  private void flood() {
    byte[] body = ("\"content\":\"" + "x".repeat(1_000) + "\"").getBytes(UTF_8);
    for (int i = 0; i < EVENTS; i++) {
      owner.append(Payload.of("message", body));
    }
  }

  /** Reads up to the last event; each is the next one. */
  private static void readAll(RawClient client) throws IOException {
    for (int expected = 1; expected <= EVENTS; expected++) {
      assertThat(client.next().text()).endsWith("\"offset\":" + expected + "}");
    }
  }

  @Test
  @DisplayName("MSG20 what waits for a slow reader is bounded, and nothing retained is lost")
  void aSlowReaderCostsTheServerAFewBuffers() throws IOException {
    try (RawClient slow = reader()) {
      long before = served.listener.traffic().bytesOut();
      flood();
      // Over 40 MB were appended: the pipe was filled, and what the kernel takes for both sides.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> served.listener.traffic().bytesOut() - before > 65_536);
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(5))
          .until(() -> served.listener.traffic().bytesOut() - before < 12_000_000);
      readAll(slow);
      assertThat(served.listener.traffic().bytesOut() - before).isGreaterThan(40_000_000);
    }
  }

  @Test
  void aMessageOverTheLargeMarkArrivesBetweenSmallOnes() throws IOException {
    try (RawClient client = reader()) {
      int[] sizes = {10, 16_383, 16_384, 20, 65_535, 65_536, 200_000, 125, 126, 30};
      for (int size : sizes) {
        String content = "y".repeat(size);
        owner.append(Payload.of("message", ("\"content\":\"" + content + "\"").getBytes(UTF_8)));
      }
      for (int i = 0; i < sizes.length; i++) {
        assertThat(client.next().text())
            .contains("\"content\":\"" + "y".repeat(sizes[i]) + "\"")
            .contains("\"offset\":" + (i + 1) + "}");
      }
    }
  }

  @Test
  void aPeerThatAnswersNoCloseIsCutOffAfterTwoSeconds() throws IOException {
    try (RawClient mute = served.client()) {
      mute.upgrade("/ws?token=nonsense");
      assertThat(mute.closeCode()).isEqualTo(4001);
      long begun = System.nanoTime();
      assertThat(mute.closed()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      await().atMost(Duration.ofSeconds(2)).until(() -> served.gateway.connections() == 0);
    }
  }

  @Test
  void noBufferIsLostHoweverAConnectionEnds() throws IOException {
    Queue<String> leaks = new ConcurrentLinkedQueue<>();
    ResourceLeakDetector.LeakListener listener = (type, records) -> leaks.add(type + records);
    ByteBufUtil.setLeakListener(listener);
    for (int i = 0; i < 50; i++) {
      try (RawClient client = reader()) {
        client.frame(0x01, "half a mess".getBytes(UTF_8));
        if (i % 3 == 0) {
          client.frame(0x81, new byte[] {'a'});
        } else if (i % 3 == 1) {
          client.frame(0x80, new byte[] {(byte) 0xff});
        }
        owner.append(Payload.of("message", "\"content\":1".getBytes(UTF_8)));
        if (i % 2 == 0) {
          client.reset();
        }
      }
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> served.listener.sockets() == 0);
    System.gc();
    try (RawClient after = reader()) {
      // The detector looks for what was collected whenever it hands out a buffer.
      after.text("{\"type\":\"ping\"}");
      assertThat(after.next().text()).isEqualTo("{\"type\":\"pong\"}");
    }
    ByteBufUtil.setLeakListener(null);
    assertThat(leaks).isEmpty();
  }

  @Test
  void commandsThatComeTogetherAreAnsweredTogether() throws IOException {
    try (RawClient client = reader()) {
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        client.text("{\"type\":\"ping\",\"timestamp\":" + i + "}");
        expected.append("{\"type\":\"pong\",\"timestamp\":").append(i).append('}');
      }
      StringBuilder answers = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        answers.append(client.next().text());
      }
      assertThat(answers).hasToString(expected.toString());
    }
  }

  private final class OneFeed implements Catalog {
    @Override
    public Entry open(FeedId id, Caller by) {
      return look(id, by.principal());
    }

    @Override
    public Entry look(FeedId id, Principal principal) {
      return id.equals(FEED)
          ? new Entry.Granted(owner.feed(), Membership.UNCOUNTED)
          : new Entry.Refused(ErrorCode.NOT_FOUND, "no such feed");
    }

    @Override
    public List<Standing> standing(Principal principal) {
      return List.of();
    }
  }
}
