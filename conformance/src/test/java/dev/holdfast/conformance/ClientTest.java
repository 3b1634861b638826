package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.Client;
import dev.holdfast.client.ClientBuilder;
import dev.holdfast.client.CommandException;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.client.Listener;
import dev.holdfast.server.Server;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import dev.holdfast.wire.ClientFrame.Begin;
import dev.holdfast.wire.RawJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real gateway, through a relay that cuts. */
class ClientTest {

  private final HttpClient http = HttpClient.newHttpClient();
  private Server server = start(Map.of());
  private Relay relay = relayTo(server);
  private final List<Client> clients = new ArrayList<>();

  private static Server start(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", "0");
    try {
      return Server.start(Config.load(new Options(null, all, true), Map.of()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Relay relayTo(Server server) {
    try {
      return new Relay(server.address().getPort());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void nobodyIsIn() {
    assertThat(server.gateway().connections()).isZero();
  }

  @AfterEach
  void leaveNothing() throws Exception {
    clients.forEach(Client::close);
    relay.close();
    server.close();
    http.close();
    await()
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("holdfast-client")));
  }

  private ClientBuilder of(String user) {
    return Client.of(relay.uri("/ws"))
        .user(user)
        .backoff(Duration.ofMillis(1), Duration.ofMillis(50));
  }

  private Client connect(String user) {
    return connect(of(user));
  }

  private Client connect(ClientBuilder builder) {
    Client client = builder.connect().orTimeout(40, TimeUnit.SECONDS).join();
    clients.add(client);
    return client;
  }

  private static String code(CompletableFuture<?> answer) {
    try {
      answer.orTimeout(40, TimeUnit.SECONDS).join();
      return "none";
    } catch (CompletionException e) {
      return e.getCause() instanceof CommandException refused
          ? refused.code()
          : String.valueOf(e.getCause());
    }
  }

  private static void begun(Client client) {
    // Behind the attach on the same connection: once it is answered, the feed is read.
    client.command("ping", Map.of()).join();
  }

  @Test
  void commandsAreAnsweredAndRefusalsAreExceptions() {
    Client ann = connect("ann");
    assertThat(ann.message("lobby", Map.of("a", List.of(1, 2.5, true))).join().text("position"))
        .endsWith(":1");
    assertThat(ann.publish("lobby", "a:b", RawJson.of("[1]"), "k").join().flag("published"))
        .isTrue();
    assertThat(ann.publish("lobby", "a:b", null, "k").join().flag("published")).isFalse();
    assertThat(ann.direct("zoe", "psst").join().number("delivered", -1)).isZero();
    assertThat(ann.broadcast("all").join().number("recipients", -1)).isZero();
    assertThat(code(ann.command("nonsense", Map.of()))).isEqualTo("unknown_type");
    assertThat(code(ann.message("lobby", "x".repeat(70_000)))).isEqualTo("too_large");
    assertThat(code(ann.message("lobby", "\ud800"))).isEqualTo("bad_request");
    assertThat(ann.command("ping", Map.of("timestamp", 7)).join().number("timestamp", 0))
        .isEqualTo(7);
  }

  @Test
  void aFeedIsReadOnOverAnyNumberOfCutsWithoutLossOrDuplicate() throws Exception {
    Client ann = connect("ann");
    Collected lobby = Collected.of(ann.channel("lobby"));
    begun(ann);
    Client bob =
        connect(
            Client.of(URI.create("http://127.0.0.1:" + server.address().getPort())).user("bob"));
    int messages = 2_000;
    for (int i = 0; i < messages; i++) {
      CompletableFuture<Frame> said = bob.message("lobby", i);
      if (i % 100 == 50) {
        said.join();
        relay.cut();
      }
    }
    assertThat(lobby.contents(messages))
        .isEqualTo(IntStream.range(0, messages).mapToObj(String::valueOf).toList());
    assertThat(lobby.size()).isZero();
  }

  @Test
  void commandsWithoutAnAnswerAreSentAgainAndObeyedOnce() throws Exception {
    Client watcher =
        connect(Client.of(URI.create("ws://127.0.0.1:" + server.address().getPort())).user("w"));
    Collected lobby = Collected.of(watcher.channel("lobby"));
    begun(watcher);
    Client ann = connect("ann");
    int messages = 3_000;
    List<CompletableFuture<Frame>> answers = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      answers.add(ann.message("lobby", i));
      if (i % 300 == 100) {
        answers.get(i - 50).join();
        relay.cut();
      }
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
    assertThat(lobby.contents(messages))
        .isEqualTo(IntStream.range(0, messages).mapToObj(String::valueOf).toList());
    assertThat(lobby.size()).isZero();
  }

  @Test
  void aRestartedGatewayIsToldAsAGapAndReadingGoesOn() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    Client ann =
        connect(
            of("ann")
                .listener(
                    new Listener() {
                      @Override
                      public void connected(Frame frame) {
                        told.add(String.valueOf(frame.flag("resumed")));
                      }
                    }));
    Collected lobby = Collected.of(ann.channel("lobby"));
    ann.message("lobby", "before").join();
    assertThat(lobby.contents(1)).containsExactly("before");
    Server before = server;
    server = start(Map.of());
    relay.retarget(server.address().getPort());
    before.close();
    assertThat(told.poll(40, TimeUnit.SECONDS)).isEqualTo("false");
    assertThat(told.poll(40, TimeUnit.SECONDS)).isEqualTo("false");
    assertThat(lobby.next())
        .isInstanceOfSatisfying(
            Delivery.Gap.class,
            gap -> {
              assertThat(gap.reason()).isEqualTo("unrecovered");
              assertThat(gap.after()).endsWith(":1");
              assertThat(gap.position()).endsWith(":0");
            });
    ann.message("lobby", "after").join();
    assertThat(lobby.contents(1)).containsExactly("after");
  }

  @Test
  void whatIsGivenWhileTheGatewayIsRestartedIsObeyedByTheNextOneAndAnswered() {
    CompletableFuture<String> cut = new CompletableFuture<>();
    Client ann =
        connect(
            of("ann")
                .listener(
                    new Listener() {
                      @Override
                      public void disconnected(String reason, Duration wait) {
                        cut.complete(reason);
                      }
                    }));
    // It is read by the new session too, but not from where this one has come to.
    Collected own = Collected.of(ann.channel("user:ann"));
    begun(ann);
    relay.retarget(1);
    server.close();
    cut.orTimeout(10, TimeUnit.SECONDS).join();
    CompletableFuture<Frame> said = ann.message("lobby", "while away");
    server = start(Map.of());
    relay.retarget(server.address().getPort());
    assertThat(code(said)).isEqualTo("none");
    assertThat(own.ended).isNotDone();
  }

  @Test
  void aSlowSubscriberLosesNothingAndDelaysNoOtherFeed() throws Exception {
    Client ann = connect("ann");
    Collected slow = new Collected(1);
    ann.channel("busy").subscribe(slow);
    Collected other = Collected.of(ann.channel("other"));
    begun(ann);
    Client bob = connect("bob");
    int messages = 4 * 1024;
    List<String> said = IntStream.range(0, messages).mapToObj(String::valueOf).toList();
    for (int i = 0; i < messages; i++) {
      bob.message("busy", i);
      if (i % 16 == 0) {
        bob.message("other", i).join();
      }
    }
    assertThat(other.contents(messages / 16)).hasSize(messages / 16);
    assertThat(slow.size()).isEqualTo(1);
    relay.cut();
    begun(ann);
    slow.subscription().request(Long.MAX_VALUE);
    assertThat(slow.contents(messages)).isEqualTo(said);
  }

  @Test
  void whatIsKeptIsReadFromTheStart() throws Exception {
    Client ann = connect("ann");
    for (int i = 0; i < 5; i++) {
      ann.message("lobby", i).join();
    }
    Collected lobby = Collected.of(ann.feed("channel:lobby", new Begin.Start()));
    assertThat(lobby.contents(5)).containsExactly("0", "1", "2", "3", "4");
    lobby.subscription().cancel();
    Collected again = Collected.of(ann.feed("channel:lobby", new Begin.Start()));
    assertThat(again.contents(5)).containsExactly("0", "1", "2", "3", "4");
    Collected second = Collected.of(ann.channel("lobby"));
    assertThat(second.ended.orTimeout(40, TimeUnit.SECONDS).join())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void feedsThatAreAskedForTooFastAreAskedForAgain() throws Exception {
    Server before = server;
    server = start(Map.of("session.commands_per_second", "40"));
    relay.retarget(server.address().getPort());
    before.close();
    Client ann = connect("ann");
    Client bob = connect("bob");
    bob.message("feed-0", "before").join();
    List<Collected> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(Collected.of(ann.feed("channel:feed-" + i, new Begin.Start())));
    }
    for (int i = 0; i < 60; i++) {
      bob.publish("feed-" + i, "a:b", null, null).handle((said, refused) -> said);
    }
    assertThat(all.getFirst().contents(1)).containsExactly("before");
    // Only asks, and is asked again until it is answered.
    for (int i = 0; i < 60; i++) {
      ann.command("history", Map.of("feed", "channel:feed-0")).orTimeout(20, TimeUnit.SECONDS);
    }
    assertThat(code(ann.command("history", Map.of("feed", "channel:feed-0")))).isEqualTo("none");
    all.getFirst().subscription().cancel();
    Collected again = Collected.of(ann.feed("channel:feed-0", new Begin.Start()));
    assertThat(again.contents(1)).containsExactly("before");
    await()
        .until(
            () -> all.stream().allMatch(one -> !one.ended.isDone() || one.equals(all.getFirst())));
  }

  @Test
  void moreFeedsThanOneFrameHasRoomForAreGoneOnWithEachEventOnce() throws Exception {
    Client ann = connect("ann");
    Client bob =
        connect(Client.of(URI.create("ws://127.0.0.1:" + server.address().getPort())).user("bob"));
    List<String> names =
        IntStream.range(0, 400).mapToObj(number -> "long-".repeat(34) + number).toList();
    List<Collected> all = new ArrayList<>();
    names.forEach(name -> all.add(Collected.of(ann.channel(name))));
    begun(ann);
    for (int round = 0; round < 3; round++) {
      for (String name : names) {
        bob.message(name, 2 * round);
      }
      relay.cut();
      String last = names.getLast();
      for (String name : names) {
        CompletableFuture<Frame> said = bob.message(name, 2 * round + 1);
        if (name.equals(last)) {
          said.join();
        }
      }
      begun(ann);
    }
    for (Collected one : all) {
      assertThat(one.contents(6)).containsExactly("0", "1", "2", "3", "4", "5");
    }
  }

  @Test
  void aFeedThatMayNotBeReadFails() {
    Client ann = connect("ann");
    Collected secret = Collected.of(ann.feed("run:of-nobody", new Begin.Now()));
    assertThat(secret.ended.orTimeout(40, TimeUnit.SECONDS).join())
        .isInstanceOfSatisfying(
            CommandException.class, why -> assertThat(why.code()).isEqualTo("not_found"));
  }

  @Test
  void whoCannotBeAdmittedIsToldWhy() {
    assertThatThrownBy(() -> connect(of("ann").token("garbage")))
        .hasCauseInstanceOf(CommandException.class)
        .hasMessageContaining("the token is not valid");
    assertThatThrownBy(() -> connect(Client.of(relay.uri("/nowhere"))))
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("404");
    assertThatThrownBy(() -> Client.of(URI.create("ftp://x/")))
        .hasMessageContaining("not a WebSocket URL");
  }

  @Test
  void aPatientClientWaitsForTheGateway() {
    relay.retarget(1);
    CompletableFuture<Client> waiting = of("ann").patient().connect();
    assertThat(waiting).isNotDone();
    relay.retarget(server.address().getPort());
    clients.add(waiting.orTimeout(40, TimeUnit.SECONDS).join());
  }

  @Test
  void aClientWhoseSessionIsTakenOverEnds() {
    CompletableFuture<String> closed = new CompletableFuture<>();
    Client ann =
        connect(
            of("ann")
                .listener(
                    new Listener() {
                      @Override
                      public void closed(String reason) {
                        closed.complete(reason);
                      }
                    }));
    Collected lobby = Collected.of(ann.channel("lobby"));
    begun(ann);
    WebSocket other =
        http.newWebSocketBuilder().buildAsync(relay.uri("/ws"), new WebSocket.Listener() {}).join();
    other
        .sendText(
            "{\"type\":\"connect\",\"user_id\":\"ann\",\"session_id\":\"%s\"}"
                .formatted(ann.sessionId()),
            true)
        .join();
    assertThat(closed.orTimeout(40, TimeUnit.SECONDS).join()).isEqualTo("taken_over");
    other.abort();
    assertThat(lobby.ended.orTimeout(40, TimeUnit.SECONDS).join()).isNotNull();
    assertThat(code(ann.message("lobby", 1))).isEqualTo(CommandException.CLOSED);
  }

  @Test
  void closingEndsTheFeedsAndFailsWhatIsOpen() {
    Client ann = connect("ann");
    Collected lobby = Collected.of(ann.channel("lobby"));
    begun(ann);
    ann.close();
    ann.close();
    assertThat(lobby.ended.orTimeout(40, TimeUnit.SECONDS).join()).isNull();
    assertThat(code(ann.message("lobby", 1))).isEqualTo(CommandException.CLOSED);
    await().until(() -> server.gateway().connections() == 0);
  }
}
