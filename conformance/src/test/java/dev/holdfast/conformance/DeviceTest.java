package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.Device;
import dev.holdfast.client.Frame;
import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices of the Java client and of the command line, against a real gateway. */
class DeviceTest {

  private static final int COMMANDS = 300;

  private final Server server = start(Map.of("devices.max_commands", "1000", "devices.rate", "0"));
  private final HttpClient http = HttpClient.newHttpClient();

  private static Server start(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", "0");
    try {
      return Server.start(Config.load(new Options(null, all, true), Map.of()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  private URI uri(String path) {
    return uri(server, path);
  }

  private static URI uri(Server of, String path) {
    return URI.create("http://127.0.0.1:" + of.address().getPort() + path);
  }

  private CompletableFuture<Frame> command(String device, String json) {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/devices/" + device + "/commands"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .thenApply(response -> Frame.of(response.body()));
  }

  @Test
  void eachCommandIsDoneOnceAndItsResultArrivesWhateverIsCut() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dholdfast.seed)");
    Random random = new Random(seed);
    ConcurrentMap<String, Integer> done = new ConcurrentHashMap<>();
    try (Relay relay = new Relay(server.address().getPort());
        Device device =
            new Device(relay.uri("/ws"), "cam")
                .can(
                    "count",
                    order -> {
                      done.merge(String.valueOf(order.params().get("n")), 1, Integer::sum);
                      return order.params().get("n");
                    })) {
      device.start().get(40, TimeUnit.SECONDS);
      List<CompletableFuture<Frame>> results =
          IntStream.range(0, COMMANDS)
              .mapToObj(n ->
                  command(
                      "cam",
                      "{\"command\":\"count\",\"params\":{\"n\":%d},\"wait\":true,".formatted(n)
                          + "\"deadline_ms\":60000}"))
              .toList();
      for (int i = 0; i < 20; i++) {
        relay.cut();
        int least = results.stream().filter(CompletableFuture::isDone).toList().size();
        int wanted = Math.min(COMMANDS, least + random.nextInt(30));
        await()
            .atMost(60, TimeUnit.SECONDS)
            .until(() -> results.stream().filter(CompletableFuture::isDone).count() >= wanted);
      }
      for (int n = 0; n < COMMANDS; n++) {
        Frame result = results.get(n).get(60, TimeUnit.SECONDS);
        assertThat(result.flag("success")).as(result.json()).isTrue();
        assertThat(result.number("data", -1)).isEqualTo(n);
      }
    }
    assertThat(done).hasSize(COMMANDS);
    assertThat(done.values()).allMatch(times -> times == 1);
  }

  @Test
  void whatHasBegunIsNotBegunAgainByAProcessThatIsStartedAgain() throws Exception {
    ConcurrentMap<String, Integer> begun = new ConcurrentHashMap<>();
    CountDownLatch never = new CountDownLatch(1);
    Device.Handler begin =
        order -> {
          String n = String.valueOf(order.params().get("n"));
          begun.merge(n, 1, Integer::sum);
          if (n.equals("1")) {
            never.await();
          }
          return null;
        };
    String json = "{\"command\":\"begin\",\"params\":{\"n\":%d},\"wait\":true}";
    try (Device killed = new Device(uri("/ws"), "cam").can("begin", begin)) {
      killed.start().get(40, TimeUnit.SECONDS);
      CompletableFuture<Frame> unused = command("cam", json.formatted(1));
      assertThat(unused).isNotDone();
      await().atMost(40, TimeUnit.SECONDS).until(() -> begun.containsKey("1"));
    }
    try (Relay relay = new Relay(server.address().getPort());
        Device again = new Device(relay.uri("/ws"), "cam").can("begin", begin)) {
      again.start().get(40, TimeUnit.SECONDS);
      relay.cut();
      assertThat(command("cam", json.formatted(2)).get(40, TimeUnit.SECONDS).flag("success"))
          .isTrue();
    } finally {
      never.countDown();
    }
    assertThat(begun).isEqualTo(Map.of("1", 1, "2", 1));
  }

  @Test
  void aResultThatIsNoFrameIsAnErrorAndTheDeviceGoesOn() throws Exception {
    try (Device device =
        new Device(uri("/ws"), "cam")
            .can("say", order -> "x".repeat(Integer.parseInt(order.params().get("n") + "")))
            .can("odd", order -> new Object())) {
      device.start().get(40, TimeUnit.SECONDS);
      String json = "{\"command\":\"say\",\"params\":{\"n\":%d},\"wait\":true}";
      Frame large = command("cam", json.formatted(1 << 16)).get(40, TimeUnit.SECONDS);
      assertThat(error(large)).contains("and a frame no more than 65536");
      Frame odd = command("cam", "{\"command\":\"odd\",\"wait\":true}").get(40, TimeUnit.SECONDS);
      assertThat(odd.flag("success")).isFalse();
      Frame fits = command("cam", json.formatted(60_000)).get(40, TimeUnit.SECONDS);
      assertThat(fits.flag("success")).isTrue();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> device.event("large", "x".repeat(1 << 16)));
      assertThat(device.ended()).isNotDone();
    }
  }

  @Test
  void aDeviceForWhichThereIsNoRoomAnyMoreComesBackOnceThereIs() throws Exception {
    Server narrow = start(Map.of("devices.max_per_user", "1"));
    try (narrow;
        Relay relay = new Relay(server.address().getPort());
        Device cam = new Device(relay.uri("/ws"), "cam");
        Device other = new Device(uri(narrow, "/ws"), "other")) {
      cam.start().get(40, TimeUnit.SECONDS);
      other.start().get(40, TimeUnit.SECONDS);
      relay.retarget(narrow.address().getPort());
      relay.cut();
      await().atMost(40, TimeUnit.SECONDS).until(() -> registrations(narrow) > 1);
      HttpRequest forget =
          HttpRequest.newBuilder(uri(narrow, "/api/devices/other")).DELETE().build();
      http.send(forget, HttpResponse.BodyHandlers.discarding());
      String url = uri(narrow, "").toString();
      await().atMost(60, TimeUnit.SECONDS).until(() -> listed(url).contains("cam"));
    }
  }

  /** How often somebody has asked to be a device. */
  private long registrations(Server of) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(of, "/metrics")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.matches("holdfast_command_seconds_count\\{.*\"Register\".*"))
        .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  private record Run(int status, String out, String err) {}

  private Run run(String name, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        ToolProvider.findFirst(name)
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(err), args);
    return new Run(status, out.toString(), err.toString());
  }

  @Test
  void thisMachineIsLetInByACodeAndRunsWhatIsAllowedAndNothingElse(@TempDir Path folder)
      throws Exception {
    String url = uri("").toString();
    assertThat(run("devices", "--url", url).out().strip())
        .isEqualTo("There are no devices that you may see.");
    String code = run("devices", "--url", url, "--pair").out().strip();
    Path token = folder.resolve("of/it.token");
    CompletableFuture<Run> running =
        CompletableFuture.supplyAsync(() ->
            run(
                "device",
                "--url",
                url,
                "--id",
                "box",
                "--pair",
                code,
                "--token-file",
                token.toString(),
                "--allow",
                "echo",
                "--allow",
                "sleep",
                "--allow",
                "head"));
    await().atMost(40, TimeUnit.SECONDS).until(() -> listed(url).contains("there"));
    assertThat(listed(url)).contains("box").contains("dev-user").contains("execute_command");
    Frame said = execute("\"echo  hello $HOME\"", 10_000);
    assertThat(said.fields().get("data"))
        .isEqualTo(Map.of("exit_code", 0, "output", "hello $HOME\n", "truncated", false));
    assertThat(error(execute("[\"sh\",\"-c\",\"id\"]", 10_000)))
        .contains("'sh' is not allowed here");
    assertThat(error(execute("\"/bin/echo x\"", 10_000))).contains("not allowed");
    assertThat(error(execute("7", 10_000))).contains("command: must be");
    assertThat(error(execute("\"sleep 60\"", 500))).containsAnyOf("deadline");
    // As JSON each of these has six bytes, and a frame 65,536.
    assertThat(execute("\"head -c 16384 /dev/zero\"", 10_000).fields().get("data"))
        .isEqualTo(Map.of("exit_code", 0, "output", "\0".repeat(8_192), "truncated", true));
    assertThat(Files.readString(token)).startsWith("hfd_");
    Run other =
        run(
            "device",
            "--url",
            url,
            "--id",
            "box",
            "--token-file",
            token.toString(),
            "--user",
            "ann");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).contains("--user: the token of box says whose device it is");
    assertThat(Files.getPosixFilePermissions(token)).hasSize(2);
    HttpRequest forget = HttpRequest.newBuilder(uri("/api/devices/box")).DELETE().build();
    assertThat(http.send(forget, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isEqualTo(204);
    Run over = running.get(40, TimeUnit.SECONDS);
    assertThat(over.status()).isEqualTo(1);
    assertThat(over.err()).contains("* box is a device").contains("* it is one no more: revoked");
    Run refused = run("device", "--url", url, "--id", "box", "--token-file", token.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("holdfast device: unauthorized: the token is not valid");
  }

  private String listed(String url) {
    return run("devices", "--url", url).out();
  }

  private Frame execute(String words, int deadlineMillis) throws Exception {
    return command(
            "box",
            "{\"command\":\"execute_command\",\"params\":{\"command\":%s},\"wait\":true,"
                    .formatted(words)
                + "\"deadline_ms\":%d}".formatted(deadlineMillis))
        .get(40, TimeUnit.SECONDS);
  }

  private static String error(Frame result) throws IOException {
    if (result.fields().get("error") instanceof Map<?, ?> error) {
      return String.valueOf(error.get("message"));
    }
    throw new IOException("no error: " + result);
  }
}
