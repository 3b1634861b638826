package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.terminal.Terminals.Opened;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Terminals for tests, with real programs. */
final class TerminalRig {

  private static final JsonMapper JSON = new JsonMapper();

  final AtomicLong ids = new AtomicLong(1_000);
  final AtomicLong millis = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  final Engine engine = Engine.inMemory(clock, ids::incrementAndGet);
  final Terminals terminals;

  TerminalRig() {
    this(null, 0);
  }

  /**
   * @param recordings their folder; null for none
   */
  TerminalRig(@Nullable Path recordings, long recordingBytes) {
    TerminalSettings settings =
        new TerminalSettings(
            1_000,
            1_000,
            3,
            2,
            new Retention(1 << 20, 64 * 1024, Duration.ofDays(1)),
            100,
            Duration.ofDays(1),
            Duration.ZERO,
            Duration.ofMillis(500),
            0,
            1,
            SizePolicy.LATEST,
            false,
            recordings,
            recordingBytes,
            List.of("/bin/sh"),
            List.of(),
            null,
            Map.of("PATH", "/usr/bin:/bin"));
    terminals = new Terminals(engine, settings, clock, ids::incrementAndGet);
  }

  Terminal open(String... command) {
    if (terminals.open("ann", List.of(command), null, Size.USUAL)
        instanceof Opened.Done(Terminal terminal)) {
      return terminal;
    }
    throw new AssertionError("not opened");
  }

  static void await(BooleanSupplier holds) throws InterruptedException {
    while (!holds.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** What is retained of what it has said. */
  static String output(Terminal terminal) {
    StringBuilder output = new StringBuilder();
    for (Event event : terminal.feed().history(null, 1_000, false).events()) {
      output.append(
          JSON.readTree("{" + new String(event.body(), UTF_8) + "}").path("data").asString(""));
    }
    return output.toString();
  }

  /** Ends all, and sees that nothing is left. */
  void close() throws InterruptedException {
    close(terminals);
  }

  static void close(Terminals terminals) throws InterruptedException {
    terminals.close();
    await(() -> terminals.active() == 0);
    await(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
  }
}
