package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs in real pseudo-terminals. */
@Timeout(60)
class TerminalsTest {

  private static final Size SIZE = new Size(24, 80);

  private final AtomicLong ids = new AtomicLong(1_000);
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final Engine engine = Engine.inMemory(clock, ids::incrementAndGet);
  private final Terminals terminals = terminals(List.of());

  @TempDir Path folder;

  private Terminals terminals(List<String> commands) {
    return new Terminals(
        engine,
        new TerminalSettings(
            3,
            2,
            new Retention(1 << 20, 64 * 1024, Duration.ofDays(1)),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            List.of("/bin/sh"),
            commands,
            null,
            Map.of("PATH", "/usr/bin:/bin", "WHO", "me")),
        clock,
        ids::incrementAndGet);
  }

  @AfterEach
  void leaveNothing() throws InterruptedException {
    terminals.close();
    await(() -> terminals.active() == 0);
    await(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    while (!holds.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private Terminal open(String user, String... command) {
    if (terminals.open(user, List.of(command), folder.toString(), SIZE)
        instanceof Opened.Done(Terminal terminal)) {
      return terminal;
    }
    throw new AssertionError("not opened");
  }

  private static String said(Terminal terminal) {
    StringBuilder said = new StringBuilder();
    for (Event event : terminal.feed().history(null, 1_000, false).events()) {
      said.append(event.type()).append(' ').append(new String(event.body(), UTF_8)).append('\n');
    }
    return said.toString();
  }

  @Test
  void aProgramHasTheEnvironmentThatItIsGivenAndNoOther() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "env | cut -d= -f1 | sort | xargs; pwd");
    await(() -> terminal.feed().ended());
    assertThat(said(terminal))
        .contains("PATH PWD")
        .contains("TERM WHO")
        .contains(folder.toString());
    assertThat(said(terminal)).endsWith("closed \"exit_code\":0\n");
  }

  @Test
  void thereIsRoomForSoManyOfEachUserAndInAllAndAgainAfterTheirEnd() throws Exception {
    Terminal first = open("ann", "cat");
    open("ann", "cat");
    assertThat(terminals.open("ann", null, null, SIZE))
        .isEqualTo(
            new Opened.Refused(
                Terminals.Why.OVER_CAPACITY,
                "Maximum concurrent sessions (2) exceeded for this user"));
    open("bob", "cat");
    assertThat(terminals.open("zoe", null, null, SIZE))
        .isEqualTo(
            new Opened.Refused(
                Terminals.Why.OVER_CAPACITY, "Maximum concurrent sessions (3) exceeded"));
    first.signal(TerminalSignal.SIGTERM);
    await(() -> terminals.active() == 2);
    assertThat(terminals.open("zoe", null, null, SIZE)).isInstanceOf(Opened.Done.class);
  }

  @Test
  void oneThatNobodyWatchesAndInWhichNothingHappensIsClosed() throws Exception {
    Terminal watched = open("ann", "cat");
    Terminal idle = open("ann", "cat");
    watched.watched();
    millis.addAndGet(9_999);
    terminals.sweep();
    millis.addAndGet(1);
    terminals.sweep();
    await(() -> idle.feed().ended());
    assertThat(watched.feed().ended()).isFalse();
    watched.unwatched();
    millis.addAndGet(9_999);
    assertThat(watched.type("x\n".getBytes(UTF_8))).isTrue();
    await(() -> said(watched).contains("x\\r\\nx"));
    millis.addAndGet(9_999);
    terminals.sweep();
    assertThat(watched.feed().ended()).isFalse();
    millis.addAndGet(60_000);
    terminals.sweep();
    await(() -> watched.feed().ended());
    assertThat(terminals.find(idle.id(), "ann", false)).isNull();
    assertThat(engine.find(idle.feed().id())).isNull();
  }

  @Test
  void onlyItsOwnUserAndAdministratorsFindATerminal() {
    Terminal terminal = open("ann", "cat");
    assertThat(terminals.find(terminal.id(), "ann", false)).isSameAs(terminal);
    assertThat(terminals.find(terminal.id(), "bob", false)).isNull();
    assertThat(terminals.find(terminal.id(), "bob", true)).isSameAs(terminal);
    assertThat(terminals.list("bob", false)).isEmpty();
  }

  @Test
  void programsThatMayNotBeRunAreNot() {
    assertThat(terminals(List.of("cat")).open("ann", List.of("sh"), null, SIZE))
        .isEqualTo(
            new Opened.Refused(
                Terminals.Why.FORBIDDEN, "command: is not among those that may be run"));
  }

  @Test
  void whatIsTypedIsBoundedAndNeverLost() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "stty raw -echo; echo up; read -r go; cksum");
    await(() -> said(terminal).contains("up"));
    byte[] piece = "y".repeat(2_048).getBytes(UTF_8);
    int taken = 0;
    while (terminal.type(piece)) {
      taken++;
      assertThat(taken).isLessThan(10_000);
    }
    assertThat(taken).isGreaterThan(500);
    assertThat(terminal.feed().ended()).isFalse();
  }
}
