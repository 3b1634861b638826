package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/** From the first packet to being admitted. */
final class Handshakes {

  private static final int RATE = 100;

  private Handshakes() {}

  /** A hundred a second, each closed when it is admitted. */
  static Row steady(Contestant who, Scale scale) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger done = new AtomicInteger();
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      Conn.Events events = counting(nanos, done);
      double cpu = 0;
      for (int round = 0; round < 2; round++) {
        // The first round warms up.
        load.onLoop(nanos::reset);
        done.set(0);
        cpu = server.cpuSeconds();
        long begin = System.nanoTime();
        int count = RATE * scale.seconds();
        for (int i = 0; i < count; i++) {
          long due = begin + i * TimeUnit.SECONDS.toNanos(1) / RATE;
          TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
          load.begin(new Conn(who.echo(), "h", i, events));
        }
        Load.await("handshakes", 10, () -> done.get() == count);
        cpu = server.cpuSeconds() - cpu;
      }
      return new Row(
          "handshake", who.name(), RATE, done.get() / cpu, nanos, "at " + RATE + " a second");
    }
  }

  /** As many as it takes, 32 at once. */
  static Row most(Contestant who, Scale scale) throws Exception {
    Histogram nanos = new Histogram(3);
    AtomicInteger done = new AtomicInteger();
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      Conn.Events events = counting(nanos, done);
      int begun = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(scale.seconds());
      boolean warm = false;
      double cpu = 0;
      int before = 0;
      long begin = 0;
      while (true) {
        if (System.nanoTime() - end > 0) {
          if (warm) {
            break;
          }
          warm = true;
          before = done.get();
          cpu = server.cpuSeconds();
          begin = System.nanoTime();
          load.onLoop(nanos::reset);
          end = begin + TimeUnit.SECONDS.toNanos(scale.seconds());
        }
        if (begun - done.get() < 32) {
          load.begin(new Conn(who.echo(), "h", begun++, events));
        } else {
          TimeUnit.MICROSECONDS.sleep(50);
        }
      }
      double count = (double) done.get() - before;
      double elapsed = (System.nanoTime() - begin) / 1e9;
      int all = begun;
      Load.await("handshakes", 10, () -> done.get() == all);
      return new Row(
          "handshake max",
          who.name(),
          count / elapsed,
          count / (server.cpuSeconds() - cpu),
          nanos,
          "32 at once");
    }
  }

  private static Conn.Events counting(Histogram nanos, AtomicInteger done) {
    return new Conn.Events() {
      @Override
      public void ready(Conn conn) {
        nanos.recordValue(System.nanoTime() - conn.bornNanos);
        done.incrementAndGet();
        conn.channel().close();
      }

      @Override
      public void message(Conn conn, ByteBuf in) {
        // Nobody says anything.
      }
    };
  }
}
