package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples for whoever runs a gateway, as they stand in the documentation. */
@Timeout(120)
class OperatingExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "docs", "examples");
  private static final Path NGINX = Path.of("/usr/sbin/nginx");

  @TempDir private Path folder;

  @Test
  void nginxPassesConnectionsOnWithTheirHostAndWhereTheyCameFrom() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(NGINX) || System.getenv("CI") != null,
        "nginx is needed (apt-get install nginx-light)");
    assertThat(NGINX).as("nginx, which .ci/run installs").isExecutable();
    int port = freePort();
    try (ChildGateways gateways = new ChildGateways();
        Gateway behind = gateways.own(true, Map.of("server.trusted_proxies", "127.0.0.1/32"))) {
      Process nginx = nginx(port, behind.base().getPort());
      Gateway before = new Gateway(URI.create("http://127.0.0.1:" + port), true, null, null);
      try (Trial t = new Trial(new GivenGateway(before), before, 0)) {
        Check.becomes("nginx listens", () -> listens(t));
        Peer ann = t.connect("/ws", Map.of("X-Forwarded-For", "203.0.113.9"));
        t.hello(ann, "ann", "");
        ann.next("connected");
        ann.say("{'type':'subscribe','id':'s','channel':'chat:x'}");
        ann.next("subscribed");
        ann.say("{'type':'message','channel':'chat:x','content':'through it'}");
        assertThat(ann.next("message").text("content")).isEqualTo("through it");
        assertThat(t.http("GET", "/api/sessions?q=ann", null).body()).contains("203.0.113.9");
        assertThat(t.refused("/ws", Map.of("Origin", "http://elsewhere.example")).status())
            .isEqualTo(403);
        Peer page = t.connect("/ws", Map.of("Origin", "http://127.0.0.1:" + port));
        t.hello(page, "bob", "");
        page.next("connected");
      } finally {
        nginx.destroy();
        assertThat(nginx.waitFor(Check.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static boolean listens(Trial t) throws InterruptedException {
    try {
      return t.http("GET", "/health/ready", null).statusCode() == 200;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static int freePort() throws java.io.IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The example on this machine: without TLS, at these ports. */
  private Process nginx(int port, int gateway) throws Exception {
    String site =
        Files.readString(EXAMPLES.resolve("nginx.conf"))
            .replaceAll("(?m)^ *ssl_certificate.*\n", "")
            .replace("listen 443 ssl;", "listen 127.0.0.1:" + port + ";")
            .replace("server 127.0.0.1:8079;", "server 127.0.0.1:" + gateway + ";");
    assertThat(site).contains("listen 127.0.0.1", "server 127.0.0.1:" + gateway);
    StringBuilder all = new StringBuilder("daemon off; master_process off; pid pid;\n");
    all.append("events { }\nhttp {\naccess_log off;\n");
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      all.append(kind).append("_temp_path ").append(kind).append(";\n");
    }
    Path conf = Files.writeString(folder.resolve("nginx.conf"), all + site + "}\n");
    return new ProcessBuilder(
            NGINX.toString(), "-p", folder.toString(), "-c", conf.toString(), "-e", "stderr")
        .inheritIO()
        .start();
  }

  @Test
  void theServiceOfTheExampleStartsAndStopsAsItSays() throws Exception {
    Properties service = new Properties();
    try (BufferedReader unit = Files.newBufferedReader(EXAMPLES.resolve("holdfast.service"))) {
      service.load(unit);
    }
    Path file = Files.writeString(folder.resolve("holdfast.yaml"), "server:\n  port: 0\n");
    String[] said = service.getProperty("ExecStart").split(" ");
    assertThat(said[0]).endsWith("/holdfast");
    List<String> arguments =
        List.of(said).stream()
            .skip(1)
            .map(one -> one.replaceAll("=/etc/.*", "=" + file))
            .map(one -> one.replaceAll("=/var/.*", "=" + folder.resolve("data")))
            .toList();
    ProcessBuilder builder = ChildGateways.program(arguments);
    builder.environment().put("HOLDFAST_AUTH_SECRET", Gateways.SECRET);
    Process gateway = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(gateway.inputReader().readLine()).startsWith("listening on ");
      gateway.destroy();
      String patience = service.getProperty("TimeoutStopSec").replace("s", "");
      assertThat(gateway.waitFor(Long.parseLong(patience), TimeUnit.SECONDS)).isTrue();
      assertThat(gateway.exitValue())
          .isEqualTo(Integer.parseInt(service.getProperty("SuccessExitStatus")));
      assertThat(folder.resolve("data/holdfast.db")).exists();
    } finally {
      gateway.destroyForcibly().waitFor();
    }
  }
}
