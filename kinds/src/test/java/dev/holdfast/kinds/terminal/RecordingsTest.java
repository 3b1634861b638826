package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.kinds.common.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Recordings, and a disk that takes nothing: a pipe that nobody reads yet. */
@Timeout(60)
class RecordingsTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  private TerminalRig rig = new TerminalRig();

  @BeforeEach
  void start() throws Exception {
    rig.close();
    rig = new TerminalRig(folder, 100_000_000);
  }

  @AfterEach
  void leaveNothing() throws Exception {
    rig.close();
  }

  /** The recording of the terminal that is opened next is a pipe. */
  private Path pipe() throws Exception {
    String id = Ids.of(new AtomicLong(rig.ids.get())::incrementAndGet, 2);
    Path pipe = folder.resolve(id + ".cast");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private static String recorded(Terminal terminal) throws Exception {
    Recorded recorded = Objects.requireNonNull(terminal.recording());
    byte[] all = Files.readAllBytes(recorded.file());
    return new String(Arrays.copyOf(all, (int) recorded.bytes()), UTF_8);
  }

  /** What a recording has of what a terminal said: how that was cut into lines is as it came. */
  private static String said(String recorded) {
    StringBuilder said = new StringBuilder();
    recorded
        .lines()
        .skip(1)
        .map(JSON::readTree)
        .filter(event -> event.path(1).asString().equals("o"))
        .forEach(event -> said.append(event.path(2).asString()));
    return said.toString();
  }

  @Test
  void aDiskThatIsStuckHoldsUpNoTerminalAndTheRecordingSaysWhatIsMissing() throws Exception {
    Path pipe = pipe();
    Terminal stuck =
        rig.open("sh", "-c", "echo first; yes line | head -c 30000000; read -r x; echo last $x");
    TerminalRig.await(() -> stuck.bytes() > 30_000_000);
    Terminal other = rig.open("cat");
    assertThat(other.type("goes on\n".getBytes(UTF_8), null)).isTrue();
    TerminalRig.await(() -> TerminalRig.output(other).contains("goes on\r\ngoes on"));
    List<String> lines = new ArrayList<>();
    Thread reader = Thread.ofVirtual().start(() -> read(pipe, lines));
    // All that waited has been written, of the other terminal as well.
    assertThat(said(recorded(other))).isEqualTo("goes on\r\ngoes on\r\n");
    assertThat(stuck.type("words\n".getBytes(UTF_8), null)).isTrue();
    TerminalRig.await(() -> stuck.feed().ended());
    reader.join();
    StringBuilder said = new StringBuilder();
    long told = 0;
    double time = 0;
    for (String line : lines.subList(1, lines.size())) {
      JsonNode event = JSON.readTree(line);
      assertThat(event.path(0).asDouble()).isGreaterThanOrEqualTo(time);
      time = event.path(0).asDouble();
      if (event.path(1).asString().equals("m")) {
        assertThat(event.path(2).asString()).contains(" bytes are missing here");
        told += Long.parseLong(event.path(2).asString().replaceFirst(" .*", ""));
        said.append('|');
      } else {
        said.append(event.path(2).asString());
      }
    }
    assertThat(told).isPositive().isEqualTo(rig.terminals.figures().unrecordedBytes());
    assertThat(said.substring(0, 19)).isEqualTo("first\r\nline\r\nline\r\n");
    assertThat(said.substring(said.lastIndexOf("|")))
        .startsWith("|\u0018")
        .endsWith("last words\r\n");
  }

  private static void read(Path pipe, List<String> lines) {
    try {
      lines.addAll(Files.readAllLines(pipe));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRecordingHasWhatWasSaidUntilItIsAskedForAndNoHalfALine() throws Exception {
    Terminal terminal = rig.open("sh", "-c", "stty -echo; echo up; exec cat");
    TerminalRig.await(() -> TerminalRig.output(terminal).contains("up"));
    for (int i = 0; i < 200; i++) {
      String text = "line-" + i + "-" + "x".repeat(500);
      assertThat(terminal.type((text + "\n").getBytes(UTF_8), null)).isTrue();
      TerminalRig.await(() -> TerminalRig.output(terminal).contains(text + "\r\n"));
      String recorded = recorded(terminal);
      assertThat(recorded).endsWith("\"]\n");
      assertThat(said(recorded)).endsWith(text + "\r\n");
    }
    Path file = Objects.requireNonNull(terminal.recording()).file();
    rig.close();
    // For whoever runs the gateway.
    assertThat(file).exists();
  }

  @Test
  void aRecordingThatHasNoRoomForMoreSaysSo() throws Exception {
    rig.close();
    rig = new TerminalRig(folder, 1_000);
    Terminal terminal = rig.open("seq", "1", "1000");
    TerminalRig.await(() -> terminal.feed().ended());
    String recorded = recorded(terminal);
    assertThat(recorded)
        .endsWith("\"m\",\"the recording ends here: there is no room for more\"]\n");
    assertThat(recorded.length()).isLessThanOrEqualTo(1_000);
    assertThat(rig.terminals.figures().unrecordedBytes()).isZero();
  }
}
