package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** Terminals, beside node-pty and a loop that only reads one. */
final class Terminals {

  private static final int LINE = 77;

  /** Of the file, for each second that a part of the bench is to take: 20 MB. */
  private static final int LINES = 260_000;

  /** The same for many viewers, to whom some servers are slow. */
  private static final int FEWER_LINES = 80_000;

  /** Of the whole file each: compilers share the processor with what they compile. */
  private static final int WARM_UPS = 6;

  /** That count, of each host. */
  private static final int PASSES = 5;

  private static final int KEY_MILLIS = 5;
  private static final int MOST_IDLE = 200;
  private static final int IDLE_SECONDS = 6;
  private static final int ATTACHES = 50;
  private static final String ECHO = "stty raw -echo; exec cat";

  private Terminals() {}

  /** What makes the dialogue of a connection, by its number, for a command. */
  interface Talk {
    TerminalDialogue with(int index, String run, String flood);
  }

  /** A server with terminals. */
  record Host(String name, Contestant.Starter starter, Talk talk) {

    static Host holdfast(List<String> jvm, List<String> settings) {
      List<String> all = new ArrayList<>(settings);
      all.add("terminals.idle=" + IDLE_SECONDS / 2 + "s");
      all.add("terminals.kept_for=0s");
      all.add("terminals.max=1000");
      all.add("terminals.max_per_user=1000");
      Map<String, String> shared = new ConcurrentHashMap<>();
      return new Host(
          "holdfast",
          () -> {
            shared.clear();
            return Contestant.holdfast(jvm, all, List.of("--dev")).starter().start();
          },
          (index, run, flood) -> new TerminalDialogue.Holdfast(shared, run, flood));
    }

    static Host nodePty(Path peers) {
      return new Host(
          "node-pty",
          Contestant.node(peers, "terminal.js"),
          (index, run, flood) -> new TerminalDialogue.NodePty(run));
    }
  }

  /** So many lines of 76 characters. */
  static Path file(Path work, int lines) throws IOException {
    Path file = work.resolve("lines-" + lines);
    if (!Files.exists(file)) {
      try (var out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
        for (int i = 0; i < lines; i++) {
          out.write(String.format(Locale.ROOT, "%010d", i));
          out.write(" the quick brown fox jumps over the lazy dog; pack my box with jugs\n");
        }
      }
    }
    return file;
  }

  private static String ask(Child server, String line) throws IOException {
    try (Socket socket = new Socket(server.address().getHostString(), server.address().getPort());
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      return String.valueOf(in.readLine());
    }
  }

  /** How fast a loop reads the file from a pseudo-terminal that does nothing else. */
  static Row bareOutput(Path work, Scale scale) throws IOException {
    Path file = file(work, LINES * scale.seconds());
    try (Child server = Contestant.barePty().start()) {
      String _ = ask(server, "exec cat " + file);
      double cpu = server.cpuSeconds();
      String[] read = ask(server, "exec cat " + file).split(" ");
      double used = server.cpuSeconds() - cpu;
      double bytes = Double.parseDouble(read[0]);
      return new Row(
          "terminal output",
          "bare pty",
          bytes / (Double.parseDouble(read[1]) / 1e9),
          bytes / used,
          null,
          "bytes, read and forgotten");
    }
  }

  /**
   * The file to so many viewers, from each of the hosts in turn and then again: what a machine does
   * besides, and where it puts whom, changes from one second to the next. Tells of the median.
   */
  static List<Row> output(List<Host> hosts, Path work, Scale scale, int viewers) throws Exception {
    int lines = scale.seconds() * (viewers == 1 ? LINES : FEWER_LINES);
    Path file = file(work, lines);
    // A line has one byte more on a terminal.
    long expected = (LINE + 1L) * lines;
    String run = "read -r x; exec cat " + file;
    List<Flood> floods = new ArrayList<>();
    try {
      for (Host host : hosts) {
        Flood flood = new Flood(host);
        floods.add(flood);
        for (int pass = 0; pass < WARM_UPS; pass++) {
          double _ = once(flood.load, host, "warm" + pass, run, viewers, expected);
        }
        flood.begun = flood.server.cpuSeconds();
      }
      for (int pass = 0; pass < PASSES; pass++) {
        for (Flood flood : floods) {
          flood.seconds[pass] = once(flood.load, flood.host, "pass" + pass, run, viewers, expected);
        }
      }
      String note = String.format(Locale.ROOT, "bytes, to %d viewers each", viewers);
      return floods.stream().map(flood -> flood.row(expected, note)).toList();
    } finally {
      floods.forEach(Flood::close);
    }
  }

  /** A host that is measured beside another. */
  private static final class Flood {
    final Host host;
    final Child server;
    final Load load;
    final double[] seconds = new double[PASSES];
    double begun;

    Flood(Host host) throws Exception {
      this.host = host;
      server = host.starter.start();
      load = new Load(server.address());
    }

    Row row(long bytes, String note) {
      double used = server.cpuSeconds() - begun;
      double[] sorted = seconds.clone();
      Arrays.sort(sorted);
      return new Row(
          "terminal output",
          host.name,
          bytes / sorted[PASSES / 2],
          PASSES * bytes / used,
          null,
          note);
    }

    void close() {
      load.close();
      server.close();
    }
  }

  private static double once(
      Load load, Host host, String group, String run, int viewers, long expected) throws Exception {
    long[] bytes = new long[viewers];
    AtomicInteger over = new AtomicInteger();
    TerminalDialogue[] talks = new TerminalDialogue[viewers];
    for (int i = 0; i < viewers; i++) {
      talks[i] = host.talk.with(i, run, "");
    }
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            TerminalDialogue talk = talks[conn.index()];
            long before = bytes[conn.index()];
            long now = talk.adds() ? before + talk.bytes(in) : talk.bytes(in);
            bytes[conn.index()] = now;
            if (before < expected && now >= expected) {
              over.incrementAndGet();
            }
          }
        };
    IntFunction<Conn> each = i -> new Conn(talks[i], group, i, events);
    List<Conn> first = load.connect(1, each);
    load.connect(viewers - 1, i -> each.apply(i + 1));
    TimeUnit.MILLISECONDS.sleep(300);
    long begun = System.nanoTime();
    load.onLoop(() -> {
      first.getFirst().message("\\n");
      first.getFirst().flush();
    });
    Load.await("all of the file", 120, () -> over.get() == viewers);
    return (System.nanoTime() - begun) / 1e9;
  }

  /** A key and its echo, with nothing between but the pseudo-terminal and the program. */
  static Row bareKeys(Scale scale) throws IOException {
    try (Child server = Contestant.barePty().start()) {
      String _ = ask(server, "echo " + scale.seconds());
      String[] nanos = ask(server, "echo " + scale.seconds()).split(" ");
      Histogram histogram = new Histogram(3);
      // Three points of it are all that is told.
      histogram.recordValueWithCount(Long.parseLong(nanos[0]), 9_800);
      histogram.recordValueWithCount(Long.parseLong(nanos[1]), 180);
      histogram.recordValueWithCount(Long.parseLong(nanos[2]), 20);
      return Row.uncounted("key echo", "bare pty", histogram, "");
    }
  }

  /** A key every few milliseconds and its echo; beside a flood on the same connection, if so. */
  static Row keys(Host host, Scale scale, boolean flooded) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicBoolean measuring = new AtomicBoolean();
    TerminalDialogue talk = host.talk.with(0, ECHO, flooded ? "exec yes" : "");
    try (Child server = host.starter.start();
        Load load = new Load(server.address())) {
      Conn.Events events =
          new Conn.Events() {
            @Override
            public void message(Conn conn, ByteBuf in) {
              if (conn.inFlight > 0) {
                if (measuring.get()) {
                  nanos.recordValue(System.nanoTime() - conn.sentNanos);
                }
                conn.inFlight = 0;
                later(load, conn);
              }
            }
          };
      Conn conn = load.connect(1, i -> new Conn(talk, "keys", i, events)).getFirst();
      TimeUnit.MILLISECONDS.sleep(500);
      load.onLoop(() -> later(load, conn));
      TimeUnit.SECONDS.sleep(scale.seconds());
      measuring.set(true);
      TimeUnit.SECONDS.sleep(scale.seconds());
      measuring.set(false);
      Histogram measured = load.copy(nanos);
      return Row.uncounted(
          "key echo",
          host.name,
          measured,
          flooded ? "while another terminal of the connection floods" : "");
    }
  }

  private static void later(Load load, Conn conn) {
    var _ =
        load.loop()
            .schedule(
                () -> {
                  conn.message("x");
                  conn.flush();
                },
                KEY_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  /** From the handshake to the last of what is retained, or to the screen in place of it. */
  static Row attach(List<String> jvm, List<String> settings, Scale scale, String replay)
      throws Exception {
    List<String> all = new ArrayList<>(settings);
    all.add("terminals.replay=" + replay);
    Host host = Host.holdfast(jvm, all);
    String run = "seq 1 200000; exec cat";
    Histogram nanos = new Histogram(3);
    try (Child server = host.starter.start();
        Load load = new Load(server.address())) {
      AtomicInteger there = new AtomicInteger();
      AtomicBoolean counts = new AtomicBoolean();
      List<TerminalDialogue> talks = new ArrayList<>();
      long[] bytes = new long[1];
      Conn.Events events =
          new Conn.Events() {
            @Override
            public void message(Conn conn, ByteBuf in) {
              bytes[0] = talks.get(conn.index()).bytes(in);
              if (conn.received >= 1 && in.toString(StandardCharsets.US_ASCII).contains("over")) {
                if (counts.get()) {
                  nanos.recordValue(System.nanoTime() - conn.bornNanos);
                }
                there.incrementAndGet();
              }
            }
          };
      IntFunction<Conn> each =
          i -> {
            talks.add(host.talk.with(i, run + "; ", ""));
            return new Conn(talks.getLast(), "attach", talks.size() - 1, events);
          };
      Conn first = load.connect(1, each).getFirst();
      TimeUnit.SECONDS.sleep(2);
      load.onLoop(() -> {
        first.message("over");
        first.flush();
      });
      Load.await("the echo", 10, () -> there.get() == 1);
      counts.set(true);
      for (int i = 0; i < ATTACHES + scale.seconds(); i++) {
        int before = there.get();
        Conn conn = load.connect(1, each).getFirst();
        if (!replay.equals("64KiB")) {
          Load.await("the replay", 10, () -> there.get() > before);
        } else {
          nanos.recordValue(System.nanoTime() - conn.bornNanos);
        }
        conn.channel().close();
      }
      return Row.uncounted(
          "attach",
          host.name,
          nanos,
          replay.equals("64KiB") ? "to the screen, with 200 lines beyond it" : "to " + replay);
    }
  }

  /** What a terminal takes in which nothing happens; its program is not counted. */
  static Row idle(Host host, Scale scale) throws Exception {
    int count = Math.min(MOST_IDLE, scale.idle() / 10);
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            // A prompt, and nothing after it.
          }
        };
    try (Child server = host.starter.start();
        Load load = new Load(server.address())) {
      for (Conn conn : load.connect(count, i -> conn(host, i, events))) {
        conn.channel().close();
      }
      TimeUnit.SECONDS.sleep(IDLE_SECONDS);
      Idle.collect(server);
      double before = server.resident();
      load.connect(count, i -> conn(host, count + i, events));
      TimeUnit.SECONDS.sleep(1);
      Idle.collect(server);
      double bytes = (server.resident() - before) / count;
      return Row.uncounted(
          "idle terminals",
          host.name,
          null,
          String.format(Locale.ROOT, "%,.0f bytes resident each of %d", bytes, count));
    }
  }

  private static Conn conn(Host host, int index, Conn.Events events) {
    return new Conn(host.talk.with(index, "echo up; exec cat", ""), "idle" + index, index, events);
  }
}
