package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.kinds.terminal.screen.Screen;
import dev.holdfast.kinds.terminal.screen.Sieve;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.io.JsonStringEncoder;

final class FollowerTest {

  private static final Size SIZE = new Size(10, 40);
  private static final int SCROLLBACK = 30;

  private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();
  private final LongAdder painted = new LongAdder();
  private final Follower follower = new Follower(SIZE, SCROLLBACK, worker, painted, text -> {});
  private final Screen screen = new Screen(SIZE.rows(), SIZE.cols(), SCROLLBACK, text -> {});
  private final Sieve sieve = new Sieve();
  private long offset;

  @AfterEach
  void stop() {
    worker.shutdownNow();
  }

  private void say(String text) {
    offset++;
    sieve.take(text, false);
    follower.said(offset, offset, sieve.whole(), sieve.plain(), sieve.asked());
    screen.write(text);
  }

  private String shown() {
    Delivery.Snapshot latest = Objects.requireNonNull(follower.latest());
    assertThat(latest.offset()).isEqualTo(offset);
    return new String(latest.state().body(), UTF_8);
  }

  private static String quoted(Screen screen) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(screen.paint()));
  }

  @Test
  void ofAFloodOfLinesTheSameIsShownAsOfEachOfThem() {
    long seed = new Random().nextLong();
    System.out.println("follower: seed " + seed);
    for (int round = 0; round < 300; round++) {
      Random random = new Random(seed + round);
      for (int i = random.nextInt(20); i >= 0; i--) {
        StringBuilder text = new StringBuilder();
        for (int lines = random.nextInt(80); lines >= 0; lines--) {
          text.append("x".repeat(random.nextInt(90))).append(round).append('\t').append(lines);
          text.append(random.nextInt(50) == 0 ? "\n" : "\r\n");
        }
        if (random.nextInt(6) == 0) {
          text.append("\u001b[3").append(random.nextInt(8)).append("m");
        } else if (random.nextInt(30) == 0) {
          text.append("\u001b[2;8r");
        } else if (random.nextInt(10) == 0) {
          text.append("\u001b[r");
        }
        say(text.toString());
      }
      assertThat(shown()).as("seed %s", seed + round).contains(quoted(screen));
    }
  }

  @Test
  void aSetThatIsForOneCharacterIsNotForOneBehindWhatIsLeftOut() {
    say("\u001b*0\u001bN");
    say("x\r\n".repeat(50) + "\r\n".repeat(SIZE.rows() + SCROLLBACK + 1) + "q");
    assertThat(shown()).contains(quoted(screen));
  }

  @Test
  void whatItHasNoRoomForMakesTheScreenStaleUntilItHasBeenReplaced() {
    CountDownLatch busy = new CountDownLatch(1);
    worker.execute(() -> {
      try {
        busy.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    String colourful = "\u001b[H\u001b[31mx".repeat(20_000);
    for (int i = 0; i < 12; i++) {
      say(colourful);
    }
    assertThat(shown()).contains("\"stale\":true");
    busy.countDown();
    say("\u001b[2J\u001b[Hnew");
    assertThat(shown()).doesNotContain("stale").contains("new");
  }

  @Test
  void aScreenThatHasNotChangedIsPaintedOnce() {
    say("one");
    assertThat(shown()).isEqualTo(shown());
    assertThat(painted.sum()).isEqualTo(1);
    say("two");
    assertThat(shown()).contains("onetwo");
    assertThat(painted.sum()).isEqualTo(2);
  }
}
