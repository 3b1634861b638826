package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Clients that are cut at once, miss something, and come back at once. */
final class Recovery {

  private static final ByteBuf CONTENT = Unpooled.copiedBuffer(Dialogue.bytes("\"content\":\""));
  private static final int AT_ONCE = 1_000;
  private static final int DIGITS = 8;
  private static final String GROUP = "recovery";

  private Recovery() {}

  /** What went wrong; all zero where nothing did. */
  static final class Faults {
    final AtomicInteger outOfOrder = new AtomicInteger();
    final AtomicInteger tooMany = new AtomicInteger();
  }

  static Row run(
      String name, Contestant.Starter starter, Supplier<Returning> dialogues, Scale scale)
      throws Exception {
    Histogram nanos = new Histogram(3);
    Faults faults = new Faults();
    try (Child server = starter.start();
        Load load = new Load(server.address())) {
      List<Returning> clients = meet(load, dialogues, scale.returning());
      Conn publisher = publisher(load, dialogues.get());
      publish(load, publisher, 0, 1, scale);
      Load.await(
          "the first message", 60, () -> load.conns().stream().allMatch(c -> c.received == 1));
      load.onLoop(() -> load.conns().forEach(conn -> conn.channel().close()));
      TimeUnit.SECONDS.sleep(2);
      publish(load, publisher, 1, scale.missed(), scale);

      double cpu = server.cpuSeconds();
      long begin = System.nanoTime();
      AtomicInteger recovered = new AtomicInteger();
      AtomicLong events = new AtomicLong();
      comeBack(load, clients, scale, nanos, recovered, events, faults);
      boolean all = true;
      try {
        Load.await("recovery", 120, () -> recovered.get() == scale.returning());
      } catch (TimeoutException e) {
        all = false;
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      cpu = server.cpuSeconds() - cpu;
      // Whatever came twice would come now.
      TimeUnit.MILLISECONDS.sleep(500);
      String note =
          String.format(
              Locale.ROOT,
              "%,d of %,d back in %.1f s with all %d missed; %d out of order, %d too many",
              recovered.get(),
              scale.returning(),
              seconds,
              scale.missed(),
              faults.outOfOrder.get(),
              faults.tooMany.get());
      return new Row(
          "recovery",
          name,
          all ? events.get() / seconds : Double.NaN,
          events.get() / cpu,
          nanos,
          note);
    }
  }

  private static List<Returning> meet(Load load, Supplier<Returning> dialogues, int count)
      throws InterruptedException, TimeoutException {
    List<Returning> clients = new ArrayList<>(count);
    load.connect(
        count,
        i -> {
          Returning dialogue = dialogues.get();
          clients.add(dialogue);
          return new Conn(
              dialogue,
              GROUP,
              i,
              new Conn.Events() {
                @Override
                public void message(Conn conn, ByteBuf in) {
                  dialogue.seen(in);
                }
              });
        });
    return clients;
  }

  private static Conn publisher(Load load, Returning dialogue)
      throws InterruptedException, TimeoutException {
    Conn.Events deaf = (conn, in) -> {};
    return load.beside(1, i -> new Conn(dialogue, GROUP, -1, deaf), 1).getFirst();
  }

  private static void publish(Load load, Conn publisher, int from, int count, Scale scale)
      throws InterruptedException, TimeoutException {
    long before = publisher.received;
    load.onLoop(() -> {
      for (int i = from; i < from + count; i++) {
        publisher.message(payload(i, scale));
      }
      publisher.flush();
    });
    Load.await("publishing", 60, () -> publisher.received - before == count);
  }

  private static String payload(int number, Scale scale) {
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", number)
        + "x".repeat(Math.max(0, scale.payload() - DIGITS));
  }

  private static void comeBack(
      Load load,
      List<Returning> clients,
      Scale scale,
      Histogram nanos,
      AtomicInteger recovered,
      AtomicLong events,
      Faults faults)
      throws InterruptedException, TimeoutException {
    Conn.Events told =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            events.incrementAndGet();
            if (number(in) != conn.received) {
              faults.outOfOrder.incrementAndGet();
            }
            if (conn.received == scale.missed()) {
              nanos.recordValue(System.nanoTime() - conn.bornNanos);
              recovered.incrementAndGet();
            } else if (conn.received > scale.missed()) {
              faults.tooMany.incrementAndGet();
            }
          }
        };
    load.beside(clients.size(), i -> new Conn(clients.get(i).again(), GROUP, i, told), AT_ONCE);
  }

  private static long number(ByteBuf in) {
    int at = ByteBufUtil.indexOf(CONTENT, in);
    long number = 0;
    for (int i = 0; i < DIGITS; i++) {
      number = number * 10 + in.getByte(at + CONTENT.readableBytes() + i) - '0';
    }
    return number;
  }
}
