package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That everything is measured and nothing goes wrong; how fast is not for a test to say. */
class BenchCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... args) {
    return ToolProvider.findFirst("bench")
        .orElseThrow()
        .run(new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void everyMeasurementGivesItsLineAndRecoversAll(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("result.json");
    int status =
        bench(
            "--seconds",
            "1",
            "--subscribers",
            "20",
            "--connections",
            "50",
            "--missed",
            "20",
            "--no-peers",
            "--only",
            "echo,ping-pong,fan-out,fan-out-10,handshake,idle,recovery,slow",
            "--json",
            json.toString());
    assertThat(out.toString()).doesNotContain("Exception");
    assertThat(status).isZero();
    for (String line :
        new String[] {
          "tcp echo ",
          "echo ",
          "ping-pong ",
          "fan-out ",
          "fan-out x10",
          "handshake ",
          "handshake max",
          "idle ",
          "recovery ",
          "slow readers ",
          "GC pauses"
        }) {
      assertThat(out.toString()).contains(line);
    }
    assertThat(out.toString())
        .contains("50 of 50 back in ")
        .contains("with all 20 missed; 0 out of order, 0 too many");
    assertThat(Files.readString(json)).contains("{\"bench\":\"recovery\",\"who\":\"holdfast\"");
  }

  @Test
  void runsAreMeasuredAndTheirFollowersComeBack() {
    int status =
        bench(
            "--seconds",
            "1",
            "--runs",
            "10",
            "--connections",
            "50",
            "--no-peers",
            "--only",
            "runs,token-latency,followers");
    assertThat(out.toString()).doesNotContain("Exception");
    assertThat(status).isZero();
    assertThat(out.toString())
        .contains("run tokens ")
        .contains("token latency    direct")
        .contains("token latency    holdfast")
        .contains("followers ")
        .contains("50 followers back at their tokens in ")
        .contains(" s; 0 faults");
  }

  @Test
  void devicesAreMeasured() {
    int status = bench("--seconds", "1", "--connections", "50", "--no-peers", "--only", "devices");
    assertThat(out.toString()).doesNotContain("Exception");
    assertThat(status).isZero();
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
