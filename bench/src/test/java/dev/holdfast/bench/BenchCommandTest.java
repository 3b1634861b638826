package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That everything is measured and nothing goes wrong; how fast is not for a test to say. */
@Timeout(300)
class BenchCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... args) {
    return ToolProvider.findFirst("bench")
        .orElseThrow()
        .run(new PrintWriter(out), new PrintWriter(err), args);
  }

  /** Small, so that it is over soon; each server that it is measured beside starts a JVM. */
  private void measured(String only, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("--seconds", "1", "--connections", "50", "--no-peers", "--only", only));
    args.addAll(List.of(more));
    int status = bench(args.toArray(String[]::new));
    assertThat(out.toString()).doesNotContain("Exception");
    assertThat(status).as(out.toString()).isZero();
  }

  @Test
  void echoesAreMeasured() {
    measured("echo,ping-pong");
    assertThat(out.toString()).contains("tcp echo ", "echo ", "ping-pong ", "GC pauses");
  }

  @Test
  void fanOutIsMeasured() {
    measured("fan-out,fan-out-10", "--subscribers", "20");
    assertThat(out.toString()).contains("fan-out ", "fan-out x10");
  }

  @Test
  void handshakesAndIdleConnectionsAreMeasured() {
    measured("handshake,idle");
    assertThat(out.toString()).contains("handshake ", "handshake max", "idle ");
  }

  @Test
  void recoveryIsMeasuredAndNothingIsLost(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("result.json");
    measured("recovery", "--missed", "20", "--json", json.toString());
    assertThat(out.toString())
        .contains("50 of 50 back in ")
        .contains("with all 20 missed; 0 out of order, 0 too many");
    assertThat(Files.readString(json)).contains("{\"bench\":\"recovery\",\"who\":\"holdfast\"");
  }

  @Test
  void slowReadersAreMeasured() {
    measured("slow", "--subscribers", "20");
    assertThat(out.toString()).contains("slow readers ");
  }

  @Test
  void runsAreMeasuredAndTheirFollowersComeBack() {
    measured("runs,token-latency,followers", "--runs", "10");
    assertThat(out.toString())
        .contains("run tokens ")
        .contains("token latency    direct")
        .contains("token latency    holdfast")
        .contains("followers ")
        .contains("50 followers back at their tokens in ")
        .contains(" s; 0 faults");
  }

  @Test
  void terminalsAreMeasured() {
    measured("terminals");
    assertThat(out.toString())
        .contains("terminal output  bare pty", "terminal output  holdfast")
        .contains("to 10 viewers each")
        .contains("key echo         holdfast")
        .contains("while another terminal of the connection floods")
        .contains("attach           holdfast")
        .contains("bytes resident each of 5");
  }

  @Test
  void callsOfToolsAreMeasured() {
    measured("tools", "--calls", "1000");
    assertThat(out.toString())
        .contains("tool hello       holdfast")
        .contains("tool call        holdfast")
        .contains("tool calls       holdfast");
  }

  @Test
  void devicesAreMeasured() {
    measured("devices");
    assertThat(out.toString())
        .contains("devices          holdfast")
        .contains("device command   holdfast")
        .contains("each to another of 50");
  }

  @Test
  void anUnknownMeasurementIsNamed() {
    assertThat(bench("--only", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("--only: there is no bench 'nonsense'");
  }
}
