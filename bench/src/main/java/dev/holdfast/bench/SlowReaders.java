package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What readers at 1 KB a second do to the others, and to the server's memory. */
final class SlowReaders {

  private static final ByteBuf CONTENT = Unpooled.copiedBuffer(Dialogue.bytes("\"content\":\""));
  private static final int DIGITS = 19;
  private static final int SMALL_BUFFER = 4096;

  private SlowReaders() {}

  /**
   * The group, and what is said in it.
   *
   * @param slow of the members, how many read 1 KB a second
   * @param rate messages a second
   * @param payload characters of each
   */
  record Crowd(int members, int slow, int rate, int payload) {}

  static Row run(Contestant who, Scale scale, Crowd crowd) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicLong count = new AtomicLong();
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            if (conn.index() >= crowd.slow()) {
              count.lazySet(count.get() + 1);
              nanos.recordValue(System.nanoTime() - sent(in));
            }
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(crowd.slow(), i -> new Conn(who.fanOut(), "slow", i, events), SMALL_BUFFER);
      int fast = crowd.members() - crowd.slow();
      load.connect(fast, i -> new Conn(who.fanOut(), "slow", crowd.slow() + i, events));
      ScheduledFuture<?> publishing =
          load.loop()
              .scheduleAtFixedRate(
                  () -> {
                    Conn publisher = load.conns().getLast();
                    publisher.message(payload(crowd.payload()));
                    publisher.flush();
                  },
                  0,
                  1_000_000 / crowd.rate(),
                  TimeUnit.MICROSECONDS);
      TimeUnit.SECONDS.sleep(scale.seconds());
      load.onLoop(() -> load.conns().subList(0, crowd.slow()).forEach(c -> slowDown(load, c)));
      double first = server.resident();
      TimeUnit.SECONDS.sleep(scale.seconds());
      double filled = server.resident();
      Window window =
          Window.over(server, scale.seconds(), count::get, () -> load.loop().execute(nanos::reset));
      double last = server.resident();
      publishing.cancel(false);
      Histogram measured = load.copy(nanos);
      return new Row(
          "slow readers",
          who.name(),
          window.perSecond(),
          window.perCpuSecond(),
          measured,
          String.format(
              Locale.ROOT,
              "%d of %d slow, %d x %d B a second; grew by %,.0f KiB in %d s, then %,.0f in %d s",
              crowd.slow(),
              crowd.members(),
              crowd.rate(),
              crowd.payload(),
              (filled - first) / 1024,
              scale.seconds(),
              (last - filled) / 1024,
              2 * scale.seconds()));
    }
  }

  private static String payload(int length) {
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", System.nanoTime())
        + "x".repeat(length - DIGITS);
  }

  private static long sent(ByteBuf in) {
    int at = ByteBufUtil.indexOf(CONTENT, in) + CONTENT.readableBytes();
    long nanos = 0;
    for (int i = 0; i < DIGITS; i++) {
      nanos = nanos * 10 + in.getByte(at + i) - '0';
    }
    return nanos;
  }

  private static void slowDown(Load load, Conn conn) {
    conn.channel().config().setAutoRead(false);
    conn.channel()
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(1024).maxMessagesPerRead(1));
    load.loop()
        .scheduleAtFixedRate(
            () -> conn.channel().read(), conn.index() % 1000, 1000, TimeUnit.MILLISECONDS);
  }
}
