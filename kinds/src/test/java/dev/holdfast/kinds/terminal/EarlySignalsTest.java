package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Event;
import dev.holdfast.kinds.terminal.Terminals.Opened;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that have only just begun, and those that can't begin. */
@Timeout(60)
class EarlySignalsTest {

  private final TerminalRig rig = new TerminalRig();

  @TempDir Path folder;

  @AfterEach
  void leaveNothing() throws InterruptedException {
    rig.close();
  }

  @Test
  void aSignalReachesAProgramHoweverSoonAfterItsStart() throws Exception {
    for (int i = 0; i < 100; i++) {
      for (TerminalSignal signal :
          List.of(TerminalSignal.SIGINT, TerminalSignal.SIGTERM, TerminalSignal.SIGQUIT)) {
        Terminal terminal = rig.open("cat");
        terminal.signal(signal);
        TerminalRig.await(() -> terminal.feed().ended());
        List<Event> said = terminal.feed().history(null, 10, false).events();
        assertThat(new String(said.getLast().body(), UTF_8))
            .isEqualTo("\"exit_code\":" + (128 + signal.number) + ",\"signal\":" + signal.number);
      }
    }
  }

  @Test
  void whatIsClosedAtOnceEndsAtOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      Terminal terminal = rig.open("sh", "-c", "cat");
      terminal.close();
      TerminalRig.await(() -> terminal.feed().ended());
      List<Event> said = terminal.feed().history(null, 10, false).events();
      // Not by SIGKILL, which comes 5 s later.
      assertThat(new String(said.getLast().body(), UTF_8)).doesNotContain("\"signal\":9");
    }
  }

  @Test
  void whyAProgramCannotBeExecutedIsTold() throws Exception {
    Path text = folder.resolve("text");
    Files.writeString(text, "no program");
    Path garbage = folder.resolve("garbage");
    Files.writeString(garbage, "\u0001\u0002");
    Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rwx------"));
    assertThat(refused("/no/such/program")).endsWith(": No such file or directory");
    assertThat(refused("no-such-program")).endsWith(": No such file or directory");
    assertThat(refused(text.toString())).endsWith(": Permission denied");
    assertThat(refused(folder.toString())).endsWith(": Permission denied");
    assertThat(refused(garbage.toString())).endsWith(": Exec format error");
    assertThat(rig.terminals.active()).isZero();
  }

  @Test
  void aPathIsOneFromWhereTheProgramWorks() throws Exception {
    Path script = folder.resolve("here");
    Files.writeString(script, "#!/bin/sh\nexit 7\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Opened opened = rig.terminals.open("ann", List.of("./here"), folder.toString(), Size.USUAL);
    assertThat(opened).isInstanceOf(Opened.Done.class);
    Terminal terminal = ((Opened.Done) opened).terminal();
    TerminalRig.await(() -> terminal.feed().ended());
    assertThat(new String(terminal.feed().history(null, 9, false).events().getLast().body(), UTF_8))
        .isEqualTo("\"exit_code\":7");
  }

  private String refused(String program) {
    Opened opened = rig.terminals.open("ann", List.of(program), null, Size.USUAL);
    assertThat(opened).isInstanceOf(Opened.Refused.class);
    Opened.Refused refused = (Opened.Refused) opened;
    assertThat(refused.why()).isEqualTo(Terminals.Why.FAILED);
    return refused.message();
  }
}
