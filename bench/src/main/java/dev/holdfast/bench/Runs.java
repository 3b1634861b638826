package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** Runs of an agent that is in the gateway itself, so that nothing else limits them. */
final class Runs {

  private static final int WORDS = 2_000;
  private static final ByteBuf INDEX = Unpooled.copiedBuffer(Dialogue.bytes("\"index\":"));
  private static final ByteBuf SPAN = Unpooled.copiedBuffer(Dialogue.bytes("\"span\":"));
  private static final ByteBuf FEED = Unpooled.copiedBuffer(Dialogue.bytes("\"feed\":\""));

  private Runs() {}

  private static Child start(List<String> jvm, List<String> settings, String pause)
      throws java.io.IOException {
    List<String> all = new ArrayList<>(settings);
    all.add("agents.max_runs=1000000");
    all.add("agents.max_runs_per_user=1000000");
    all.add("agents.kept_for=1s");
    all.add("agents.list=[{id: source, type: echo, pause: " + pause + "}]");
    return Contestant.holdfast(jvm, all, List.of("--dev")).starter().start();
  }

  private static String words(int count) {
    return "word ".repeat(count).strip();
  }

  /** So many clients that have the agent say a long text, a word a millisecond, over and over. */
  static Row tokens(List<String> jvm, List<String> settings, Scale scale, int runs)
      throws Exception {
    AtomicLong count = new AtomicLong();
    String prompt = words(WORDS);
    Conn.Events events =
        new Conn.Events() {
          private long counted;

          @Override
          public void message(Conn conn, ByteBuf in) {
            if (AgentDialogue.isEnd(in)) {
              conn.message(prompt);
              conn.flush();
            } else {
              // An event of many tokens counts as one: it was no work for each of them.
              counted++;
            }
          }

          @Override
          public void batch(Conn conn) {
            count.lazySet(counted);
          }
        };
    try (Child server = start(jvm, settings, "1ms");
        Load load = new Load(server.address())) {
      load.connect(runs, i -> new Conn(new AgentDialogue("source"), "", i, events));
      load.onLoop(() -> {
        for (Conn conn : load.conns()) {
          conn.message(prompt);
          conn.flush();
        }
      });
      Window window = Window.over(server, scale.seconds(), count::get, () -> {});
      return new Row(
          "run tokens",
          "holdfast",
          window.perSecond(),
          window.perCpuSecond(),
          null,
          String.format(Locale.ROOT, "%,d runs", runs));
    }
  }

  /** Followers of one run; then all of them are cut at once, and come back to their places. */
  static List<Row> followers(List<String> jvm, List<String> settings, Scale scale)
      throws Exception {
    try (Child server = start(jvm, settings, "100ms");
        Load load = new Load(server.address())) {
      Following following = new Following(load, scale.returning());
      following.begin(60 * 10);
      double cpu = server.cpuSeconds();
      long before = following.tokens.get();
      long began = System.nanoTime();
      TimeUnit.SECONDS.sleep(scale.seconds());
      double tokens = following.tokens.get() - before;
      double seconds = (System.nanoTime() - began) / 1e9;
      Row live =
          new Row(
              "followers",
              "holdfast",
              tokens / seconds,
              tokens / (server.cpuSeconds() - cpu),
              null,
              String.format(Locale.ROOT, "%,d followers of one run", scale.returning()));
      Row back = following.storm(server);
      return List.of(live, back);
    }
  }

  private static long number(ByteBuf name, ByteBuf in, long otherwise) {
    int at = ByteBufUtil.indexOf(name, in);
    if (at < 0) {
      return otherwise;
    }
    long number = 0;
    for (int i = at + name.readableBytes(); in.getByte(i) >= '0' && in.getByte(i) <= '9'; i++) {
      number = number * 10 + in.getByte(i) - '0';
    }
    return number;
  }

  /** One run and all who follow it; each checks that it is given every token once, in order. */
  private static final class Following implements Conn.Events {
    final AtomicLong tokens = new AtomicLong();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger recovered = new AtomicInteger();
    private final AtomicReference<String> feed = new AtomicReference<>("");
    private final AtomicReference<String> epoch = new AtomicReference<>("");
    private final Histogram nanos = new Histogram(3);
    private final Load load;
    private final long[] seen;
    private volatile long goal = Long.MAX_VALUE;
    private long counted;

    Following(Load load, int followers) {
      this.load = load;
      this.seen = new long[followers];
    }

    /** Has a run begun of so many words, and followed by all. */
    void begin(int words) throws Exception {
      Conn.Events first =
          new Conn.Events() {
            @Override
            public void ready(Conn conn) {
              conn.message(words(words));
              conn.flush();
            }

            @Override
            public void message(Conn conn, ByteBuf in) {
              if (feed.get().isEmpty()) {
                int at = ByteBufUtil.indexOf(FEED, in) + FEED.readableBytes();
                String rest = in.toString(at, 64, java.nio.charset.StandardCharsets.US_ASCII);
                feed.set(rest.substring(0, rest.indexOf('"')));
              }
            }
          };
      load.begin(new Conn(new AgentDialogue("source"), "", -1, first));
      Load.await("the run", 10, () -> !feed.get().isEmpty());
      connect();
      load.onLoop(() -> load.conns().forEach(conn -> attach(conn, "\"start\"")));
      Load.await("the followers", 60, () -> load.conns().stream().allMatch(c -> c.received > 0));
    }

    private void connect() throws Exception {
      load.conns().clear();
      load.connect(seen.length, i -> new Conn(new Follower(epoch), feed.get(), i, this));
    }

    private static void attach(Conn conn, String from) {
      conn.message(from);
      conn.flush();
    }

    @Override
    public void message(Conn conn, ByteBuf in) {
      if (AgentDialogue.isEnd(in)) {
        return;
      }
      long index = number(INDEX, in, -1);
      long span = number(SPAN, in, 1);
      if (seen[conn.index()] + span != index) {
        faults.incrementAndGet();
      }
      seen[conn.index()] = index;
      counted += span;
      if (conn.inFlight > 0 && index >= goal) {
        conn.inFlight = 0;
        nanos.recordValue(System.nanoTime() - conn.sentNanos);
        recovered.incrementAndGet();
      }
    }

    @Override
    public void batch(Conn conn) {
      tokens.lazySet(counted);
    }

    Row storm(Child server) throws Exception {
      load.onLoop(() -> load.conns().forEach(conn -> conn.channel().close()));
      TimeUnit.SECONDS.sleep(2);
      connect();
      // The run begins with "started", so a token's offset is its index and one.
      goal = seen[0] + 20;
      double cpu = server.cpuSeconds();
      long began = System.nanoTime();
      load.onLoop(() ->
          load.conns()
              .forEach(conn ->
                  attach(
                      conn,
                      "{\"after\":\"%s:%d\"}".formatted(epoch.get(), seen[conn.index()] + 1))));
      Load.await("recovery", 120, () -> recovered.get() == seen.length);
      double seconds = (System.nanoTime() - began) / 1e9;
      Histogram measured = load.copy(nanos);
      String note =
          String.format(
              Locale.ROOT,
              "%,d followers back at their tokens in %.1f s; %d faults",
              recovered.get(),
              seconds,
              faults.get());
      double used = server.cpuSeconds() - cpu;
      return new Row(
          "resume storm",
          "holdfast",
          recovered.get() / seconds,
          recovered.get() / used,
          measured,
          note);
    }
  }

  /** A follower of a run: a message is the place to attach at, as JSON. It keeps the epoch told. */
  private record Follower(AtomicReference<String> epoch) implements Dialogue {
    private static final Dialogue AGENT = new AgentDialogue("source");
    private static final ByteBuf POSITION =
        Unpooled.copiedBuffer(Dialogue.bytes("\"position\":\""));

    @Override
    public String target(String group) {
      return AGENT.target(group);
    }

    @Override
    public boolean ready(String frame) {
      return AGENT.ready(frame);
    }

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes(
          "{\"type\":\"attach\",\"feed\":\"%s\",\"from\":%s}".formatted(group, payload));
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return AGENT.isMessage(in);
    }

    @Override
    public byte[] answer(ByteBuf in) {
      if (epoch.get().isEmpty()) {
        int at = ByteBufUtil.indexOf(POSITION, in);
        if (at >= 0) {
          String rest =
              in.toString(
                  at + POSITION.readableBytes(), 24, java.nio.charset.StandardCharsets.US_ASCII);
          epoch.set(rest.substring(0, rest.indexOf(':')));
        }
      }
      return NOTHING;
    }
  }
}
