package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/** Devices that are there, and commands to them. */
final class DeviceLoad {

  private static final int MILLIS = 10;
  private static final double INTERVAL_SECONDS = 30;
  private static final byte[] HEARTBEAT = Dialogue.bytes("{\"type\":\"heartbeat\"}");

  private DeviceLoad() {}

  /** The gateway in development mode, which takes any number of devices of one user. */
  static Contestant holdfast(List<String> jvm, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    all.add("devices.max_per_user=1000000");
    all.add("devices.max=1000000");
    return Contestant.holdfast(jvm, all, List.of("--dev"));
  }

  /** A device, whose id is its group; its message is the result of the command of that id. */
  private static final class DeviceDialogue implements Dialogue {
    private static final byte[] COMMAND = Dialogue.bytes("{\"type\":\"command\"");

    @Override
    public String target(String group) {
      return "/ws/device";
    }

    @Override
    public List<String> opening(String group) {
      return List.of(
          "{\"type\":\"register\",\"device_id\":\""
              + group
              + "\",\"device_info\":{\"name\":\"Bench\",\"capabilities\":[\"blink\"]}}");
    }

    @Override
    public boolean ready(String frame) {
      return frame.startsWith("{\"type\":\"registered\"");
    }

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes(
          "{\"type\":\"result\",\"command_id\":\"" + payload + "\",\"success\":true}");
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return Dialogue.begins(in, COMMAND);
    }
  }

  /** The user; its message is a command to the device of that id. */
  private static final class UserDialogue implements Dialogue.OfGateway {
    private static final byte[] RESULT = Dialogue.bytes("{\"type\":\"device_result\"");

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes(
          "{\"type\":\"device_command\",\"device_id\":\"" + payload + "\",\"command\":\"blink\"}");
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return Dialogue.begins(in, RESULT);
    }
  }

  /** Says what a device is told to do is done. */
  private static Conn.Events obedient() {
    return new Conn.Events() {
      @Override
      public void message(Conn conn, ByteBuf in) {
        String frame = in.toString(StandardCharsets.UTF_8);
        int at = frame.indexOf("\"command_id\":\"") + 14;
        conn.message(frame.substring(at, frame.indexOf('"', at)));
        conn.flush();
      }
    };
  }

  /** What devices cost that only say that they are there, each every 30 s. */
  static Row heartbeats(Contestant who, Scale scale) throws Exception {
    Conn.Events events = obedient();
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      // As for connections that are idle: others come and go first.
      for (Conn conn :
          load.connect(scale.idle() / 2, i -> new Conn(new DeviceDialogue(), "w" + i, i, events))) {
        conn.channel().close();
      }
      Idle.collect(server);
      double before = server.resident();
      List<Conn> devices =
          List.copyOf(
              load.connect(scale.idle(), i -> new Conn(new DeviceDialogue(), "d" + i, i, events)));
      Idle.collect(server);
      double bytes = (server.resident() - before) / scale.idle();
      ScheduledFuture<?> beating = beat(load, devices);
      TimeUnit.SECONDS.sleep(scale.seconds());
      double cpu = server.cpuSeconds();
      TimeUnit.SECONDS.sleep(scale.seconds());
      cpu = (server.cpuSeconds() - cpu) / scale.seconds();
      beating.cancel(false);
      return Row.uncounted(
          "devices",
          who.name(),
          null,
          String.format(
              Locale.ROOT,
              "%,.0f bytes resident each of %,d; %.1f %% of a processor at a heartbeat every 30 s",
              bytes,
              scale.idle(),
              100 * cpu));
    }
  }

  /** Has them give their signs of life, spread over the interval. */
  private static ScheduledFuture<?> beat(Load load, List<Conn> devices) {
    long begun = System.nanoTime();
    long[] said = {0};
    return load.loop()
        .scheduleAtFixedRate(
            () -> {
              double due = (System.nanoTime() - begun) / 1e9 * devices.size() / INTERVAL_SECONDS;
              while (said[0] < due) {
                devices.get((int) (said[0]++ % devices.size())).send(HEARTBEAT);
              }
            },
            0,
            MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** One command after the other, each to another of them, while all give signs of life. */
  static Row commands(Contestant who, Scale scale) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger count = new AtomicInteger();
    AtomicBoolean measuring = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    Conn.Events obedient = obedient();
    Conn.Events asking =
        new Conn.Events() {
          private int next;

          @Override
          public void message(Conn conn, ByteBuf in) {
            if (measuring.get()) {
              nanos.recordValue(System.nanoTime() - conn.sentNanos);
              count.incrementAndGet();
            }
            if (!over.get()) {
              conn.message("d" + next++ % scale.idle());
              conn.flush();
            }
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      List<Conn> devices =
          List.copyOf(
              load.connect(
                  scale.idle(), i -> new Conn(new DeviceDialogue(), "d" + i, i, obedient)));
      Conn user = load.connect(1, i -> new Conn(new UserDialogue(), "user", i, asking)).getLast();
      ScheduledFuture<?> beating = beat(load, devices);
      load.onLoop(() -> {
        user.message("d0");
        user.flush();
      });
      TimeUnit.SECONDS.sleep(scale.seconds());
      double cpu = server.cpuSeconds();
      measuring.set(true);
      TimeUnit.SECONDS.sleep(scale.seconds());
      measuring.set(false);
      cpu = server.cpuSeconds() - cpu;
      over.set(true);
      beating.cancel(false);
      Histogram measured = load.copy(nanos);
      return new Row(
          "device command",
          who.name(),
          count.get() / (double) scale.seconds(),
          count.get() / cpu,
          measured,
          String.format(Locale.ROOT, "one after the other, each to another of %,d", scale.idle()));
    }
  }
}
