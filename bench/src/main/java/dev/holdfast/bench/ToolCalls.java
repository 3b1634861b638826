package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Calls of tools in their own dialect, beside a daemon on top of ws that only answers. */
final class ToolCalls {

  private static final int CONNECTIONS = 50;
  private static final int MICROS = 1_000;
  private static final int SLOW = 24;
  private static final int PINGS = 10_000;
  private static final int STORM = 1_000;

  private ToolCalls() {}

  /** The gateway in development mode, which has an echo and a sleep. */
  static Contestant holdfast(List<String> jvm, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    all.add("tools.max_per_session=1000");
    Contestant plain = Contestant.holdfast(jvm, all, List.of("--dev"));
    Dialogue calls = new Calls();
    return new Contestant("holdfast", calls, calls, plain.starter());
  }

  static Contestant node(Path peers) {
    Dialogue calls = new Calls();
    return new Contestant("ws", calls, calls, Contestant.node(peers, "tools.js"));
  }

  /** Calls the echo; the time at which it was called is the name of the request. */
  static final class Calls implements Dialogue {
    private static final byte[] RESULT = Dialogue.bytes("{\"op\":\"call_tool_res\"");
    private static final int TIME_AT = "{\"op\":\"call_tool_res\",\"request_id\":\"t".length();

    private final String before;
    private final String after;

    Calls() {
      this("echo", "text");
    }

    /**
     * @param member the argument that is the payload
     */
    Calls(String tool, String member) {
      before = "{\"op\":\"call_tool\",\"name\":\"" + tool + "\",\"request_id\":\"t";
      after = "\",\"arguments\":{\"" + member + "\":\"";
    }

    /** No two of a connection are the same. */
    private long last;

    @Override
    public String target(String group) {
      return "/ws/tools";
    }

    @Override
    public List<String> opening(String group) {
      return List.of("{\"op\":\"hello\"}");
    }

    @Override
    public boolean ready(String frame) {
      return frame.startsWith("{\"op\":\"hello_ack\"");
    }

    @Override
    public byte[] message(String group, String payload) {
      last = Math.max(last + 1, System.nanoTime());
      return Dialogue.bytes(before + last + after + payload + "\"}}");
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return Dialogue.begins(in, RESULT);
    }

    /** When the call was made that a result is of. */
    static long called(ByteBuf in) {
      long nanos = 0;
      for (int i = in.readerIndex() + TIME_AT; Character.isDigit(in.getByte(i)); i++) {
        nanos = nanos * 10 + in.getByte(i) - '0';
      }
      return nanos;
    }
  }

  /** So many calls a second in all, whatever becomes of those before. */
  static Row steady(Contestant who, Scale scale, int perSecond) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicLong count = new AtomicLong();
    String payload = scale.text();
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            count.lazySet(count.get() + 1);
            nanos.recordValue(Math.max(0, System.nanoTime() - Calls.called(in)));
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(CONNECTIONS, i -> new Conn(new Calls(), "calls", i, events));
      double[] due = {0};
      long begun = System.nanoTime();
      long[] said = {0};
      ScheduledFuture<?> saying =
          load.loop()
              .scheduleAtFixedRate(
                  () -> {
                    due[0] = (System.nanoTime() - begun) / 1e9 * perSecond;
                    while (said[0] < due[0]) {
                      Conn conn = load.conns().get((int) (said[0] % CONNECTIONS));
                      conn.message(payload);
                      said[0]++;
                    }
                    load.conns().forEach(Conn::flush);
                  },
                  0,
                  MICROS,
                  TimeUnit.MICROSECONDS);
      Window window =
          Window.over(server, scale.seconds(), count::get, () -> load.loop().execute(nanos::reset));
      saying.cancel(false);
      Histogram measured = load.copy(nanos);
      return new Row(
          "tool calls",
          who.name(),
          window.perSecond(),
          window.perCpuSecond(),
          measured,
          String.format(Locale.ROOT, "at %,d a second over %d", perSecond, CONNECTIONS));
    }
  }

  /** Pings one after the other while slow calls run on the same connection. */
  static Row pings(Contestant who) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger pongs = new AtomicInteger();
    byte[] ping = Dialogue.bytes("{\"op\":\"ping\"}");
    byte[] pong = Dialogue.bytes("{\"op\":\"pong\"");
    Dialogue dialogue =
        new Dialogue() {
          private final Calls calls = new Calls();

          @Override
          public String target(String group) {
            return calls.target(group);
          }

          @Override
          public List<String> opening(String group) {
            return calls.opening(group);
          }

          @Override
          public boolean ready(String frame) {
            return calls.ready(frame);
          }

          @Override
          public byte[] message(String group, String payload) {
            return ping;
          }

          @Override
          public boolean isMessage(ByteBuf in) {
            return Dialogue.begins(in, pong);
          }
        };
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            nanos.recordValue(System.nanoTime() - conn.sentNanos);
            if (pongs.incrementAndGet() < PINGS) {
              conn.message("");
              conn.flush();
            }
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      Conn conn = load.connect(1, i -> new Conn(dialogue, "pings", i, events)).getFirst();
      load.onLoop(() -> {
        for (int i = 0; i < SLOW; i++) {
          conn.write(
              Dialogue.bytes(
                  "{\"op\":\"call_tool\",\"name\":\"sleep\",\"arguments\":{\"seconds\":"
                      + (60 + i)
                      + "}}"));
        }
        conn.message("");
        conn.flush();
      });
      Load.await("the pongs", 60, () -> pongs.get() >= PINGS);
      return Row.uncounted(
          "tool pings",
          who.name(),
          nanos,
          PINGS + " one after the other beside " + SLOW + " slow calls");
    }
  }

  /** Identical calls at once: how many are made, and how long all of them take. */
  static Row storm(Contestant who) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger results = new AtomicInteger();
    long[] begun = new long[1];
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            nanos.recordValue(System.nanoTime() - begun[0]);
            results.incrementAndGet();
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(CONNECTIONS, i -> new Conn(new Calls(), "storm", i, events));
      load.onLoop(() -> {
        begun[0] = System.nanoTime();
        byte[] call =
            Dialogue.bytes(
                "{\"op\":\"call_tool\",\"name\":\"sleep\",\"arguments\":{\"seconds\":3}}");
        for (int i = 0; i < STORM; i++) {
          load.conns().get(i % CONNECTIONS).write(call);
        }
        load.conns().forEach(Conn::flush);
      });
      Load.await("the results", 30, () -> results.get() == STORM);
      return Row.uncounted(
          "tool storm",
          who.name(),
          nanos,
          STORM + " identical calls of 3 s, executed " + executed(server));
    }
  }

  private static String executed(Child server) throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + server.address().getPort() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(metrics).build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
          .body()
          .lines()
          .filter(line -> line.startsWith("holdfast_calls_executed_total "))
          .map(line -> line.substring(line.indexOf(' ') + 1))
          .findFirst()
          .orElse("?");
    }
  }
}
