package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import dev.holdfast.wire.ClientFrame.Begin;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The terminal client in a terminal, which is one of the gateway's own: both ends are real. */
@Timeout(120)
class ShellInTerminalTest {

  private static final Pattern DETACHED = Pattern.compile("detached: holdfast attach (\\w+)");

  /** What has come out of the terminal that the client runs in. */
  private final StringBuilder shown = new StringBuilder();

  private @Nullable Server server;
  private @Nullable Relay relay;
  private @Nullable Client client;
  private String terminal = "";

  @BeforeEach
  void start() throws Exception {
    server =
        Server.start(Config.load(new Options(null, Map.of("server.port", "0"), true), Map.of()));
    int port = server.address().getPort();
    relay = new Relay(port);
    client = Client.of(URI.create("ws://127.0.0.1:" + port + "/ws")).connect().get();
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (relay != null) {
      relay.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private Client client() {
    assertThat(client).isNotNull();
    return client;
  }

  private Relay relay() {
    assertThat(relay).isNotNull();
    return relay;
  }

  private String holdfast(String subcommand) {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return "%s -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' dev.holdfast.server.Main %s --url %s"
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            path,
            subcommand,
            relay().uri("/ws"));
  }

  private void run(String script) throws Exception {
    synchronized (shown) {
      shown.setLength(0);
    }
    terminal =
        String.valueOf(
            client()
                .command(
                    "open_terminal",
                    Map.of("command", List.of("sh", "-c", script), "rows", 33, "cols", 99))
                .get()
                .text("terminal_id"));
    client().feed("terminal:" + terminal, new Begin.Start()).subscribe(new Shows());
  }

  private void show(String text) {
    synchronized (shown) {
      shown.append(text);
    }
  }

  private String shown() {
    synchronized (shown) {
      return shown.toString();
    }
  }

  /** Shows what comes. */
  private final class Shows implements Flow.Subscriber<Delivery> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Delivery delivery) {
      if (delivery instanceof Delivery.Event event && event.type().equals("output")) {
        show(String.valueOf(event.frame().text("data")));
      }
    }

    @Override
    public void onError(Throwable why) {
      show(why.toString());
    }

    @Override
    public void onComplete() {}
  }

  private void type(String text) throws Exception {
    var _ = client().command("input", Map.of("terminal_id", terminal, "data", text)).get();
  }

  private void until(String text) throws InterruptedException {
    while (!shown().contains(text)) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void aProgramOfTheGatewayRunsAsIfItWereHereAndGoesOnAfterACut() throws Exception {
    run(
        "before=$(stty -g); "
            + holdfast("shell")
            + " sh -c 'stty size; read -r x; echo got $x; read -r y; echo and $y;"
            + " until [ \"$(stty size)\" = \"20 60\" ]; do sleep 0.05; done; echo fits; exit 7';"
            + " echo status $?; [ $before = $(stty -g) ] && echo as it was");
    until("33 99");
    type("hello\r");
    until("got hello");
    relay().cut();
    type("again\r");
    until("and again");
    var _ =
        client().command("resize", Map.of("terminal_id", terminal, "rows", 20, "cols", 60)).get();
    until("fits");
    until("status 7");
    until("as it was");
  }

  @Test
  void aKeyDetachesAndTheProgramGoesOnUntilSomebodyComesBack() throws Exception {
    run(holdfast("shell") + " sh -c 'echo up; exec cat'; echo status $?");
    until("up");
    type("before\r\u001c");
    until("status 0");
    Matcher detached = DETACHED.matcher(shown());
    assertThat(detached.find()).isTrue();
    String inner = detached.group(1);
    run(holdfast("attach " + inner) + "; echo status $?");
    until("before\r\nbefore");
    type("\u0004");
    until("status 0");
    assertThat(shown()).doesNotContain("detached");
  }

  /** Skips the test where a program is missing. */
  static void installed(FullScreen program) {
    Assumptions.assumeTrue(
        program.installed() || System.getenv("CI") != null,
        program + " is not installed (apt-get install " + program + ")");
    assertThat(program.installed()).as(program + ", which .ci/run installs").isTrue();
  }

  @ParameterizedTest
  @FieldSource("dev.holdfast.conformance.FullScreen#ALL")
  void whatUsesAllOfTheScreenIsUsedThroughTheClientAndFoundAsItWasLeft(
      FullScreen program, @TempDir Path folder) throws Exception {
    installed(program);
    Path file = folder.resolve("file");
    run(
        "before=$(stty -g); "
            + holdfast("shell")
            + " "
            + program.on(file)
            + "; echo status $?; [ $before = $(stty -g) ] && echo as it was");
    until(program.begins());
    type(program.keys());
    until(program.shows());
    type("\u001c");
    until("as it was");
    Matcher detached = DETACHED.matcher(shown());
    assertThat(detached.find()).isTrue();
    run(holdfast("attach " + detached.group(1)) + "; echo status $?");
    until(program.shows());
    type(program.quits());
    until("status 0");
    assertThat(shown()).doesNotContain("detached");
    assertThat(Files.readAllLines(file).getLast()).isEqualTo(program.last());
  }
}
