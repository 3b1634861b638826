package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Retention;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that was started to ignore signals, and the programs of its terminals. */
@Timeout(60)
final class IgnoredSignalsTest {

  /** The process: says what a program in a terminal of its own says. */
  public static void main(String[] args) throws InterruptedException {
    AtomicLong ids = new AtomicLong(1_000);
    TerminalSettings settings =
        new TerminalSettings(
            1,
            1,
            3,
            2,
            new Retention(1_000, 64 * 1024, Duration.ofDays(1)),
            100,
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(1),
            0,
            1,
            SizePolicy.LATEST,
            false,
            null,
            0,
            List.of("/bin/sh"),
            List.of(),
            null,
            Map.of("PATH", "/usr/bin:/bin"));
    InstantSource clock = InstantSource.system();
    Engine engine = Engine.inMemory(clock, ids::incrementAndGet);
    try (Terminals terminals = new Terminals(engine, settings, clock, ids::incrementAndGet)) {
      if (terminals.open("ann", List.of("grep", "Sig[BI]", "/proc/self/status"), null, Size.USUAL)
          instanceof Terminals.Opened.Done(Terminal terminal)) {
        while (!terminal.feed().ended()) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        for (Event event : terminal.feed().history(null, 100, false).events()) {
          System.out.println(new String(event.body(), UTF_8));
        }
      }
    }
  }

  @Test
  void whatTheGatewayIsToIgnoreItsProgramsAreNot() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap '' HUP INT TSTP TTOU USR2; exec \"$0\" --enable-native-access=ALL-UNNAMED -cp"
                    + " \"$1\" \"$2\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                classes,
                IgnoredSignalsTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(said).contains("SigBlk:\\t0000000000000000");
    // Those above 31 belong to the system's libraries.
    assertThat(said).containsPattern("SigIgn:\\\\t[0-9a-f]{8}[08]0000000");
    assertThat(process.waitFor()).isZero();
  }
}
