package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

class VerifyCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int verify(String... args) {
    return ToolProvider.findFirst("verify")
        .orElseThrow()
        .run(new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void aGivenGatewayIsTriedAsFarAsItCanBe() throws Exception {
    try (Server server =
        Server.start(Config.load(new Options(null, Map.of("server.port", "0"), true), Map.of()))) {
      String url = "ws://127.0.0.1:" + server.address().getPort() + "/ws";
      assertThat(verify(url, "--only", "CON19,CON6,MSG10", "--seed", "7", "--coverage")).isZero();
    }
    assertThat(out.toString())
        .contains("seed 7")
        .containsPattern("CON19  passed +[0-9]+ ms {2}a ping is answered")
        .containsPattern("CON6   passed")
        .containsPattern("CON6   not run")
        .contains("needs gateways of its own: verify without a URL")
        .containsPattern("MSG10  not run")
        .containsPattern("CON21  measured +the time of a handshake, which bench measures")
        .containsPattern("TRM20  not tried +full-screen programs")
        .contains("122 scenarios: 1 passed, 2 not run, 2 measured, 117 not tried");
  }

  @Test
  void whatFailsIsSaidWithAReasonAndTheExitCode() throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0)) {
      port = nobody.getLocalPort();
    }
    assertThat(verify("http://127.0.0.1:" + port, "--only", "CON19")).isEqualTo(1);
    assertThat(out.toString()).contains("CON19  FAILED").contains("Connection refused");
  }

  @Test
  void wrongUsageIsNamed() {
    assertThat(verify("ftp://x/")).isEqualTo(2);
    assertThat(err.toString()).contains("URL: not http, https, ws or wss: ftp://x/");
    assertThat(verify("--only", "CON1,NOPE")).isEqualTo(2);
    assertThat(err.toString()).contains("--only: there is no scenario NOPE");
  }

  @Test
  void oneScenarioIsMeantByItsIdAndAllOfAKindByTheirs() throws Exception {
    try (Server server =
        Server.start(Config.load(new Options(null, Map.of("server.port", "0"), true), Map.of()))) {
      String url = "http://127.0.0.1:" + server.address().getPort();
      assertThat(verify(url, "--only", "CON1,MSG2")).isZero();
    }
    assertThat(out.toString()).contains("CON1 ").contains("MSG2 ");
    assertThat(out.toString()).doesNotContain("CON10").doesNotContain("MSG20");
  }
}
