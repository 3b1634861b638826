package dev.holdfast.kinds.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Reader;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.device.Devices.Ask;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevicesTest {

  static final DeviceSettings SETTINGS = settings(0);

  private static DeviceSettings settings(int framesPerSecond) {
    return new DeviceSettings(
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofHours(1),
        10,
        3,
        40,
        Duration.ofSeconds(30),
        framesPerSecond,
        new Retention(100_000, 1 << 30, Duration.ofDays(1)));
  }

  static final Uploads.Bounds FEW_UPLOADS = new Uploads.Bounds(1, 1, 1, Duration.ofDays(1));

  private static final String INFO = "{\"capabilities\":[\"blink\"]}";
  private static final Pattern COMMAND_ID = Pattern.compile("\"command_id\":\"([^\"]+)\"");

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong epochs = new AtomicLong();
  private final Engine engine = Engine.inMemory(this::now, epochs::incrementAndGet);
  private final List<String> told = new ArrayList<>();
  private Devices devices;

  @BeforeEach
  void make(@TempDir Path folder) throws IOException {
    devices =
        new Devices(
            engine,
            SETTINGS,
            this::now,
            () -> 0,
            ids::incrementAndGet,
            (user, event, json) -> told.add(event + json),
            new Uploads(folder, FEW_UPLOADS, this::now, ids::incrementAndGet),
            null);
  }

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  /** A connection of a device: what it has been sent, and whether it is to be given up. */
  private final class Wire implements Line {
    private final Link link;
    private final Reader reader;
    private final List<String> received = new ArrayList<>();
    private int probes;
    private boolean hungUp;
    private boolean left;

    Wire(String id, @Nullable String last) {
      this(id, INFO, last);
    }

    Wire(String id, String info, @Nullable String last) {
      link = ((DeviceOutcome.Registered) devices.register("ann", id, info, last, this)).link();
      reader = link.feed().attach(From.START).reader();
    }

    /** Is sent what there is, up to so many commands; all of them or none arrive. */
    void turn(int most, boolean arrives) {
      AtomicLong offset = new AtomicLong();
      for (int i = 0; i < most; i++) {
        reader.poll(
            1,
            (Delivery delivery) -> {
              if (delivery instanceof Event event) {
                offset.set(event.offset());
                if (arrives) {
                  received.add(commandId(event));
                }
              }
            });
      }
      if (offset.get() > 0) {
        devices.sent(link, offset.get());
      }
    }

    void leave() {
      left = true;
      devices.left(link);
    }

    @Override
    public void probe(Duration within) {
      probes++;
    }

    @Override
    public void hangUp(Link which, Why why) {
      hungUp = true;
    }
  }

  private static String commandId(Event event) {
    Matcher matcher = COMMAND_ID.matcher(new String(event.body(), UTF_8));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private Device device() {
    Device device = devices.find("ann", "cam");
    assertThat(device).isNotNull();
    return device;
  }

  private String order(Map<String, Integer> ends, Duration within) {
    List<String> id = new ArrayList<>(1);
    DeviceOutcome outcome =
        devices.command(
            device(),
            new Ask("ann", "blink", null, within),
            result -> ends.merge(result.commandId(), 1, Integer::sum));
    assertThat(outcome).isInstanceOf(DeviceOutcome.Taken.class);
    id.add(((DeviceOutcome.Taken) outcome).commandId());
    return id.getFirst();
  }

  @Test
  void commandsAreDeliveredAtMostOnceAndEndOnceWhateverTheConnectionsDo() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dholdfast.seed)");
    for (int round = 0; round < 300; round++) {
      history(new Random(seed + round), round % 2 == 0);
      assertThat(devices.forget("ann", "cam", "ann")).isTrue();
    }
  }

  /**
   * @param exact whether the device says what it got last, and reads one connection at a time
   */
  private void history(Random random, boolean exact) {
    Map<String, Integer> ends = new HashMap<>();
    Map<String, Integer> got = new HashMap<>();
    List<String> asked = new ArrayList<>();
    List<Wire> wires = new ArrayList<>();
    List<String> order = new ArrayList<>();
    wires.add(new Wire("cam", exact ? "none" : null));
    for (int step = 0; step < 200; step++) {
      Wire current = wires.getLast();
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          if (device().commands() < 40) {
            asked.add(order(ends, Duration.ofMillis(1 + random.nextInt(4_000))));
          }
        }
        case 2 -> {
          Wire any = wires.get(random.nextInt(wires.size()));
          if (!any.left) {
            boolean read = !exact || any.equals(current);
            any.turn(1 + random.nextInt(4), read);
            take(any, got, order);
          }
        }
        case 3 -> {
          // On the wire when it is cut.
          if (!current.left) {
            current.turn(1 + random.nextInt(3), false);
            current.leave();
          }
        }
        case 4 -> {
          String last = order.isEmpty() ? "none" : order.getLast();
          wires.add(new Wire("cam", exact ? last : null));
          assertThat(current.left || current.hungUp).isTrue();
        }
        case 5 -> {
          Wire any = wires.get(random.nextInt(wires.size()));
          if (!any.left && any.hungUp) {
            any.leave();
          }
        }
        case 6 -> {
          if (!order.isEmpty()) {
            String id = order.get(random.nextInt(order.size()));
            devices.result(current.link, id, random.nextBoolean(), null, null);
          }
        }
        default -> {
          millis.addAndGet(random.nextInt(500));
          devices.tick();
        }
      }
    }
    // Quiet at last: whatever has not ended is delivered, and then ends.
    wires.forEach(wire -> {
      if (!wire.left) {
        wire.leave();
      }
    });
    Wire last = new Wire("cam", exact ? (order.isEmpty() ? "none" : order.getLast()) : null);
    for (int i = 0; i < 100; i++) {
      last.turn(4, true);
    }
    take(last, got, order);
    assertThat(got.values()).allMatch(times -> times == 1);
    if (exact) {
      // What has not ended by now it has got: nothing was lost.
      assertThat(asked)
          .filteredOn(id -> !ends.containsKey(id))
          .allSatisfy(id -> assertThat(got).containsKey(id));
    }
    millis.addAndGet(5_000);
    devices.tick();
    assertThat(ends.keySet()).containsExactlyInAnyOrderElementsOf(asked);
    assertThat(ends.values()).allMatch(times -> times == 1);
    assertThat(device().commands()).isZero();
    last.leave();
  }

  private static void take(Wire wire, Map<String, Integer> got, List<String> order) {
    wire.received.forEach(id -> got.merge(id, 1, Integer::sum));
    order.addAll(wire.received);
    wire.received.clear();
  }

  @Test
  void aLinkCarriesNoMoreThanItsWindowAndWhatIsOverIsNeverSent() {
    Map<String, Integer> ends = new HashMap<>();
    Wire wire = new Wire("cam", null);
    for (int i = 0; i < 40; i++) {
      order(ends, Duration.ofSeconds(1));
    }
    assertThat(devices.command(device(), new Ask("ann", "blink", null, null), result -> {}))
        .isInstanceOf(DeviceOutcome.Refused.class);
    assertThat(wire.link.feed().tail().offset()).isEqualTo(16);
    wire.turn(1, true);
    assertThat(wire.link.feed().tail().offset()).isEqualTo(17);
    millis.addAndGet(1_000);
    devices.tick();
    assertThat(ends).hasSize(40);
    wire.turn(100, true);
    assertThat(wire.received).hasSize(17);
    assertThat(devices.result(wire.link, wire.received.getFirst(), true, null, null))
        .isEqualTo(
            DeviceOutcome.refused(
                DeviceOutcome.Why.CONFLICT,
                "command_id: was not given to this device, or has ended"));
  }

  @Test
  void aDeviceThatBeginsAnewIsToldFromWhereOnItGetsEachCommandOnce() {
    Map<String, Integer> ends = new HashMap<>();
    Wire before = new Wire("cam", null);
    assertThat(before.link.lastCommandId()).isEqualTo("none");
    String got = order(ends, Duration.ofSeconds(60));
    before.turn(1, true);
    before.leave();
    Wire process = new Wire("cam", null);
    process.turn(1, true);
    assertThat(process.received).isEmpty();
    assertThat(process.link.lastCommandId()).isEqualTo(got);
    String lost = order(ends, Duration.ofSeconds(60));
    process.turn(1, false);
    process.leave();
    Wire back = new Wire("cam", got);
    assertThat(back.link.lastCommandId()).isEqualTo(got);
    devices.renew(back.link, INFO);
    assertThat(back.link.lastCommandId()).isEqualTo(got);
    back.turn(2, true);
    assertThat(back.received).containsExactly(lost);
    devices.renew(back.link, INFO);
    assertThat(back.link.lastCommandId()).isEqualTo(lost);
    back.leave();
    // One of a gateway before this one is not known here.
    assertThat(new Wire("cam", "elsewhere").link.lastCommandId()).isEqualTo(lost);
  }

  @Test
  void whatADeviceComesBackWithoutIsNotDeliveredToIt() {
    Map<String, Integer> ends = new HashMap<>();
    new Wire("cam", "{\"capabilities\":[\"blink\",\"ring\"]}", null).leave();
    String blink = order(ends, Duration.ofSeconds(60));
    List<String> errors = new ArrayList<>();
    devices.command(
        device(),
        new Ask("ann", "ring", null, Duration.ofSeconds(60)),
        result -> errors.add(String.valueOf(result.error())));
    Wire back = new Wire("cam", null);
    back.turn(2, true);
    assertThat(back.received).containsExactly(blink);
    devices.tick();
    assertThat(errors)
        .containsExactly(
            "{\"code\":\"conflict\",\"message\":\"the device does not declare it any more\"}");
    assertThat(ends).isEmpty();
  }

  @Test
  void whatADeviceHasToDoAndHasSaidIsBounded() {
    Wire wire = new Wire("cam", null);
    String params = "{\"text\":\"" + "x".repeat(60_000) + "\"}";
    for (int i = 0; i < 4; i++) {
      assertThat(devices.command(device(), new Ask("ann", "blink", params, null), result -> {}))
          .isInstanceOf(DeviceOutcome.Taken.class);
    }
    assertThat(devices.command(device(), new Ask("ann", "blink", params, null), result -> {}))
        .isInstanceOf(DeviceOutcome.Refused.class);
    assertThat(told.getLast())
        .contains("device:audit:log", "\"refused\"", "over capacity", "\"by\":\"ann\"");
    for (int i = 0; i < 100; i++) {
      devices.event(wire.link, "value" + i, "\"" + "x".repeat(8_000) + "\"");
    }
    assertThat(device().json().length()).isBetween(60_000, 70_000);
    assertThat(device().json()).contains("value99").doesNotContain("value90");
    devices.event(wire.link, "value99", "1");
    assertThat(device().json()).contains("\"value99\":1");
  }

  @Test
  void aDeviceThatSaysMuchDoesNotCrowdOutWhatItsUsersChannelKeeps(@TempDir Path folder)
      throws IOException {
    AtomicLong nanos = new AtomicLong();
    devices =
        new Devices(
            engine,
            settings(20),
            this::now,
            nanos::get,
            ids::incrementAndGet,
            (user, event, json) -> told.add(event + json),
            new Uploads(folder, FEW_UPLOADS, this::now, ids::incrementAndGet),
            null);
    Wire wire = new Wire("cam", null);
    told.clear();
    for (String place : List.of("1", "2")) {
      assertThat(devices.event(wire.link, "location", place)).isEqualTo(DeviceOutcome.DONE);
    }
    assertThat(
            ((DeviceOutcome.Refused) devices.event(wire.link, "location", "3")).retryAfterMillis())
        .isEqualTo(500);
    assertThat(((DeviceOutcome.Refused) devices.renew(wire.link, INFO)).why())
        .isEqualTo(DeviceOutcome.Why.RATE_LIMITED);
    assertThat(((DeviceOutcome.Refused) devices.result(wire.link, "x", true, null, null)).why())
        .isEqualTo(DeviceOutcome.Why.CONFLICT);
    assertThat(devices.event(wire.link, "steps", "9")).isEqualTo(DeviceOutcome.DONE);
    assertThat(told).hasSize(2).allMatch(event -> event.startsWith("device:location:update"));
    nanos.addAndGet(500_000_000);
    assertThat(devices.event(wire.link, "location", "4")).isEqualTo(DeviceOutcome.DONE);
    assertThat(told).hasSize(3);
  }

  @Test
  void whoMadeADeviceUnknownIsInItsRecord() {
    new Wire("cam", null);
    assertThat(devices.forget("ann", "cam", "admin")).isTrue();
    assertThat(told.getLast())
        .contains("device:audit:log", "\"action\":\"forgotten\"", "\"by\":\"admin\"");
  }

  @Test
  void aSilentDeviceIsProbedOnceAndThenGivenUp() {
    Wire wire = new Wire("cam", null);
    step(39_999);
    assertThat(wire.probes).isZero();
    step(1);
    step(9_999);
    assertThat(wire.probes).isEqualTo(1);
    assertThat(devices.heard(wire.link)).isEqualTo(DeviceOutcome.DONE);
    step(40_000);
    assertThat(wire.probes).isEqualTo(2);
    assertThat(wire.hungUp).isFalse();
    step(10_000);
    assertThat(wire.hungUp).isTrue();
    wire.leave();
    assertThat(device().online()).isFalse();
    step(3_599_999);
    devices.sweep();
    assertThat(devices.known()).isEqualTo(1);
    step(1);
    devices.sweep();
    assertThat(devices.known()).isZero();
    assertThat(engine.size()).isZero();
  }

  private void step(long by) {
    millis.addAndGet(by);
    devices.tick();
  }

  @Test
  void aUserHasSoManyDevicesAndRoomAgainWhenOneIsForgotten() {
    new Wire("one", null);
    new Wire("two", null);
    new Wire("three", null);
    Line nobody =
        new Line() {
          @Override
          public void probe(Duration within) {}

          @Override
          public void hangUp(Link link, Why why) {}
        };
    assertThat(devices.register("ann", "four", INFO, null, nobody))
        .isInstanceOf(DeviceOutcome.Refused.class);
    assertThat(devices.register("bob", "one", INFO, null, nobody))
        .isInstanceOf(DeviceOutcome.Registered.class);
    assertThat(devices.forget("ann", "one", "ann")).isTrue();
    assertThat(devices.register("ann", "four", INFO, null, nobody))
        .isInstanceOf(DeviceOutcome.Registered.class);
  }
}
