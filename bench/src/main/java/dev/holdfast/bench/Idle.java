package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What connections cost that do nothing. */
final class Idle {

  private Idle() {}

  static Row run(Contestant who, Scale scale) throws Exception {
    Conn.Events events =
        new Conn.Events() {
          @Override
          public void message(Conn conn, ByteBuf in) {
            // Nobody says anything.
          }
        };
    try (Child server = who.starter().start();
        Load load = new Load(server.address())) {
      // Connections that come and go first: what handshakes take once and for all, such as the
      // pages of a heap that has never been filled, is no cost of a connection that stays.
      for (Conn conn :
          load.connect(scale.idle() / 2, i -> new Conn(who.fanOut(), "idle", i, events))) {
        conn.channel().close();
      }
      collect(server);
      double before = server.resident();
      load.connect(scale.idle(), i -> new Conn(who.fanOut(), "idle", i, events));
      collect(server);
      double bytes = (server.resident() - before) / scale.idle();
      double cpu = server.cpuSeconds();
      TimeUnit.SECONDS.sleep(scale.seconds());
      cpu = (server.cpuSeconds() - cpu) / scale.seconds();
      return Row.uncounted(
          "idle",
          who.name(),
          null,
          String.format(
              Locale.ROOT,
              "%,.0f bytes resident each of %,d; %.1f %% of a processor",
              bytes,
              scale.idle(),
              100 * cpu));
    }
  }

  /** Collects garbage where the server is a JVM: what is garbage is no cost of a connection. */
  static void collect(Child server) throws InterruptedException, IOException {
    String jcmd = java.nio.file.Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    for (int i = 0; i < 2; i++) {
      new ProcessBuilder(jcmd, Long.toString(server.pid()), "GC.run")
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
    TimeUnit.MILLISECONDS.sleep(500);
  }
}
