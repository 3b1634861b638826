package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;

/** Messages that go to everybody in a group. */
final class FanOut {

  /** Messages of one group that are under way. */
  private static final int IN_FLIGHT = 32;

  private FanOut() {}

  /**
   * So many groups with so many members; the first of each says the next message when one of its
   * own has come back.
   */
  static Row run(Contestant who, Scale scale, int groups, int payload) throws Exception {
    AtomicLong count = new AtomicLong();
    String text = "x".repeat(payload);
    int members = scale.subscribers();
    Conn.Events events =
        new Conn.Events() {
          private long counted;

          @Override
          public void message(Conn conn, ByteBuf in) {
            counted++;
            conn.inFlight--;
          }

          @Override
          public void batch(Conn conn) {
            count.lazySet(counted);
            if (conn.index() % members == 0 && conn.received > 0) {
              boolean said = false;
              while (conn.inFlight < IN_FLIGHT) {
                conn.message(text);
                said = true;
              }
              if (said) {
                conn.flush();
              }
            }
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(groups * members, i -> new Conn(who.fanOut(), "g" + i / members, i, events));
      load.onLoop(() -> {
        for (int i = 0; i < groups * members; i += members) {
          for (int k = 0; k < IN_FLIGHT; k++) {
            load.conns().get(i).message(text);
          }
          load.conns().get(i).flush();
        }
      });
      Window window = Window.over(server, scale.seconds(), count::get, () -> {});
      return new Row(
          groups == 1 ? "fan-out" : "fan-out x" + groups,
          who.name(),
          window.perSecond(),
          window.perCpuSecond(),
          null,
          "1 -> " + members + (groups == 1 ? "" : ", " + groups + " groups"));
    }
  }

  /** How many bytes a message of that payload has when it comes, to give others the same work. */
  static int frameBytes(Contestant who, String payload) throws Exception {
    AtomicLong bytes = new AtomicLong();
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            bytes.set(in.readableBytes());
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      load.connect(1, i -> new Conn(who.fanOut(), "g", i, events));
      load.onLoop(() -> {
        load.conns().getFirst().message(payload);
        load.conns().getFirst().flush();
      });
      Load.await("a message", 10, () -> bytes.get() > 0);
      return (int) bytes.get();
    }
  }
}
