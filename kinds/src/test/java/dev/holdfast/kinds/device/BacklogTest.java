package dev.holdfast.kinds.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Reader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that wait while a gateway is stopped and another begins. */
final class BacklogTest {

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong epochs = new AtomicLong();
  private final List<String> told = new ArrayList<>();
  private @TempDir Path folder;
  private Backlog backlog;
  private Devices devices;

  @BeforeEach
  void begin() throws IOException {
    backlog = new Backlog(folder.resolve("holdfast.db"));
    devices =
        new Devices(
            Engine.inMemory(this::now, epochs::incrementAndGet),
            DevicesTest.SETTINGS,
            this::now,
            () -> 0,
            ids::incrementAndGet,
            (user, event, json) -> told.add(user + " " + event + " " + json),
            new Uploads(
                folder.resolve("media"), DevicesTest.FEW_UPLOADS, this::now, ids::incrementAndGet),
            backlog);
  }

  @AfterEach
  void end() {
    backlog.close();
  }

  private void restart() throws IOException {
    end();
    begin();
  }

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  private Link register(@Nullable String last) {
    DeviceOutcome outcome =
        devices.register(
            "ann",
            "cam",
            "{\"capabilities\":[\"blink\"]}",
            last,
            new Line() {
              @Override
              public void probe(Duration within) {}

              @Override
              public void hangUp(Link link, Why why) {}
            });
    return ((DeviceOutcome.Registered) outcome).link();
  }

  private String blink(int seconds) {
    Device device = devices.find("ann", "cam");
    assertThat(device).isNotNull();
    DeviceOutcome outcome =
        devices.command(
            device,
            new Devices.Ask("bob", "blink", "{\"n\":1}", Duration.ofSeconds(seconds)),
            result -> {});
    return ((DeviceOutcome.Taken) outcome).commandId();
  }

  /** What a link has been sent once the backlog has done what it was asked, in order. */
  private List<String> sent(Link link) throws Exception {
    settle();
    List<String> sent = new ArrayList<>();
    AtomicLong offset = new AtomicLong();
    Reader reader = link.feed().attach(From.START).reader();
    for (int i = 0; i < 20; i++) {
      reader.poll(
          1,
          (Delivery delivery) -> {
            if (delivery instanceof Event event) {
              offset.set(event.offset());
              String json = new String(event.body(), StandardCharsets.UTF_8);
              sent.add(json.replaceFirst(".*\"command_id\":\"([^\"]+)\".*", "$1"));
            }
          });
    }
    devices.sent(link, offset.get());
    return sent;
  }

  private void settle() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    backlog.handOver(
        List.of(),
        () -> {
          done.countDown();
          return List.of();
        });
    done.await();
  }

  @Test
  void whatWaitsIsDeliveredInOrderAfterARestartAndNotAfterAnother() throws Exception {
    devices.left(register(null));
    String one = blink(60);
    String other = blink(60);
    restart();
    Link link = register(null);
    String direct = blink(60);
    assertThat(sent(link)).containsExactly(one, other, direct);
    restart();
    assertThat(sent(register(null))).isEmpty();
    assertThat(told).noneMatch(line -> line.contains("\"failed\""));
  }

  @Test
  void whatWasHandedOverMayEndAfterTheRestartAndIsGivenAgainToADeviceThatDidNotGetIt()
      throws Exception {
    devices.left(register(null));
    String one = blink(60);
    String other = blink(60);
    assertThat(sent(register(null))).containsExactly(one, other);
    restart();
    Link link = register(one);
    assertThat(sent(link)).containsExactly(other);
    assertThat(devices.result(link, one, true, null, null)).isEqualTo(DeviceOutcome.DONE);
    millis.addAndGet(60_000);
    devices.tick();
    assertThat(told).anyMatch(line -> line.contains(other) && line.contains("gave no result"));
    restart();
    assertThat(backlog.all()).isEmpty();
  }

  @Test
  void aDeviceThatComesAndGoesBeforeItIsGivenAnythingLeavesAllOfItWaiting() throws Exception {
    devices.left(register(null));
    String one = blink(60);
    for (int i = 0; i < 5; i++) {
      devices.left(register(null));
    }
    settle();
    assertThat(backlog.all()).noneMatch(Backlog.Kept::handed);
    restart();
    assertThat(sent(register(null))).containsExactly(one);
  }

  @Test
  void aDeadlineHoldsForADeviceThatDoesNotComeBack() throws Exception {
    devices.left(register(null));
    String one = blink(10);
    String other = blink(20);
    restart();
    millis.addAndGet(10_000);
    devices.tick();
    assertThat(told.getLast())
        .startsWith("ann device:audit:log ")
        .contains(one)
        .contains("\"timeout\"");
    assertThat(sent(register(null))).containsExactly(other);
  }
}
