package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Messages that come back to who said them: all the way in and out again. */
final class Echo {

  private Echo() {}

  /** So many connections with so many messages under way each. */
  static Row run(Contestant who, Scale scale, int connections, int inFlight) throws Exception {
    AtomicLong count = new AtomicLong();
    String payload = scale.text();
    Conn.Events events =
        new Conn.Events() {
          private long counted;

          @Override
          public void message(Conn conn, ByteBuf in) {
            conn.inFlight--;
            counted++;
          }

          @Override
          public void batch(Conn conn) {
            count.lazySet(counted);
            if (conn.inFlight < inFlight && conn.received > 0) {
              while (conn.inFlight < inFlight) {
                conn.message(payload);
              }
              conn.flush();
            }
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(connections, i -> new Conn(who.echo(), "echo-" + i, i, events));
      load.onLoop(() -> {
        for (Conn conn : load.conns()) {
          for (int i = 0; i < inFlight; i++) {
            conn.message(payload);
          }
          conn.flush();
        }
      });
      Window window = Window.over(server, scale.seconds(), count::get, () -> {});
      return new Row(
          "echo",
          who.name(),
          window.perSecond(),
          window.perCpuSecond(),
          null,
          connections + " x " + inFlight + " in flight");
    }
  }

  /** One message at a time over one connection. */
  static Row pingPong(Contestant who, Scale scale) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicLong count = new AtomicLong();
    String payload = scale.text();
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            nanos.recordValue(System.nanoTime() - conn.sentNanos);
            count.incrementAndGet();
            conn.message(payload);
            conn.flush();
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(1, i -> new Conn(who.echo(), "echo", i, events));
      load.onLoop(() -> {
        load.conns().getFirst().message(payload);
        load.conns().getFirst().flush();
      });
      Window window =
          Window.over(server, scale.seconds(), count::get, () -> load.loop().execute(nanos::reset));
      Histogram measured = load.copy(nanos);
      return new Row(
          "ping-pong", who.name(), window.perSecond(), window.perCpuSecond(), measured, "");
    }
  }
}
