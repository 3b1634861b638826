package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/** How long a token takes from the model to the client: directly, and through others. */
final class AddedLatency {

  private static final int PATIENCE_SECONDS = 120;
  private static final ByteBuf TEXT = Unpooled.copiedBuffer(Dialogue.bytes("\"text\":\""));

  private AddedLatency() {}

  /**
   * Runs at once.
   *
   * @param perSecond tokens of each a second
   */
  record Crowd(int runs, int perSecond) {

    double tokens(Scale scale) {
      return 2.0 * scale.seconds() * perSecond * runs;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%,d runs, %d tokens/s each", runs, perSecond);
    }
  }

  /** Through the gateway, with an agent that is that model. */
  static Row holdfast(List<String> jvm, List<String> settings, Scale scale, Crowd crowd)
      throws Exception {
    try (ModelSource source = source(scale, crowd)) {
      List<String> all = new ArrayList<>(settings);
      all.add("agents.max_runs=1000000");
      all.add("agents.max_runs_per_user=1000000");
      all.add(
          "agents.list=[{id: model, type: model, url: \"%s\", model: bench, max_runs: 1000000}]"
              .formatted(source.url()));
      Contestant gateway = Contestant.holdfast(jvm, all, List.of("--dev"));
      try (Child server = gateway.starter().start()) {
        return through("holdfast", server, new AgentDialogue("model"), scale, crowd);
      }
    }
  }

  /** Through a WebSocket relay by hand. */
  static Row relay(Path peers, Scale scale, Crowd crowd) throws Exception {
    try (ModelSource source = source(scale, crowd);
        Child server = Child.start(peers, List.of("node", "relay.js", source.url()))) {
      return through("ws", server, new AgentDialogue.Relay(), scale, crowd);
    }
  }

  /** With nothing between. */
  static Row direct(Scale scale, Crowd crowd) throws Exception {
    Tally tally = new Tally(scale);
    try (ModelSource source = source(scale, crowd);
        Load load = new Load(source.address())) {
      for (int i = 0; i < crowd.runs(); i++) {
        load.begin(new SseReader(tally::token, tally.ended::incrementAndGet));
      }
      Load.await("all tokens", PATIENCE_SECONDS, () -> tally.ended.get() == crowd.runs());
      return row("direct", tally.of(load), Double.NaN, crowd);
    }
  }

  private static ModelSource source(Scale scale, Crowd crowd) throws IOException {
    return new ModelSource(2 * scale.seconds() * crowd.perSecond(), crowd.perSecond());
  }

  private static Row through(String who, Child server, Dialogue dialogue, Scale scale, Crowd crowd)
      throws Exception {
    Tally tally = new Tally(scale);
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            int at = ByteBufUtil.indexOf(TEXT, in);
            if (AgentDialogue.isEnd(in)) {
              tally.ended.incrementAndGet();
            } else {
              tally.token(number(in, at + TEXT.readableBytes()));
            }
          }
        };
    try (Load load = new Load(server.address())) {
      load.connect(crowd.runs(), i -> new Conn(dialogue, "", i, events));
      double cpu = server.cpuSeconds();
      load.onLoop(() -> {
        for (Conn conn : load.conns()) {
          conn.message("go");
          conn.flush();
        }
      });
      Load.await("all tokens", PATIENCE_SECONDS, () -> tally.ended.get() == crowd.runs());
      double used = server.cpuSeconds() - cpu;
      return row(who, tally.of(load), crowd.tokens(scale) / used, crowd);
    }
  }

  static long number(ByteBuf in, int at) {
    long number = 0;
    for (int i = 0; i < ModelSource.DIGITS; i++) {
      number = number * 10 + in.getByte(at + i) - '0';
    }
    return number;
  }

  private static Row row(String who, Histogram nanos, double perCpu, Crowd crowd) {
    return new Row("token latency", who, Double.NaN, perCpu, nanos, crowd.toString());
  }

  /**
   * What came, and how late. The first half is the warm-up; at the end, when all runs end at once
   * as they never would otherwise, nothing is measured either. On the load's loop.
   */
  private static final class Tally {
    final AtomicInteger ended = new AtomicInteger();
    private final Histogram nanos = new Histogram(3);
    private final long warmNanos;
    private final long began = System.nanoTime();

    Tally(Scale scale) {
      warmNanos = scale.seconds() * 1_000_000_000L;
    }

    void token(long sentNanos) {
      long now = System.nanoTime();
      if (now - began > warmNanos && now - began < warmNanos * 9 / 5) {
        nanos.recordValue(Math.max(0, now - sentNanos));
      }
    }

    Histogram of(Load load) throws InterruptedException {
      Histogram measured = load.copy(nanos);
      return measured;
    }
  }
}
