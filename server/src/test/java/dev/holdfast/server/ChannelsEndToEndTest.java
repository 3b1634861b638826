package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChannelsEndToEndTest {

  private static Running.Client as(Running running, String user) throws InterruptedException {
    Running.Client client = running.connect("/ws");
    client.say("{\"type\":\"connect\",\"user_id\":\"" + user + "\"}");
    client.next("connected");
    return client;
  }

  @Test
  @DisplayName("MSG1 a message reaches all subscribers once, in order, the sender included")
  void aMessageReachesAllSubscribers() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client one = running.connect("/ws/chat");
      Running.Client two = running.connect("/ws/chat");
      two.nothing();
      for (int i = 1; i <= 20; i++) {
        one.say("{\"type\":\"message\",\"content\":" + i + "}");
      }
      for (Running.Client client : List.of(one, two)) {
        for (int i = 1; i <= 20; i++) {
          JsonNode message = client.next("message");
          assertThat(message.get("content").asInt()).isEqualTo(i);
          assertThat(message.get("channel").asString()).isEqualTo("lobby");
          assertThat(message.get("from").asString()).isEqualTo("dev-user");
          assertThat(message.get("timestamp").asString()).endsWith("Z");
        }
        client.nothing();
      }
    }
  }

  @Test
  @DisplayName("MSG2 a broadcast reaches every other connection and not the sender")
  void aBroadcastReachesTheOthers() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client one = running.connect("/ws/chat");
      Running.Client two = running.connect("/ws");
      Running.Client three = as(running, "zoe");
      two.nothing();
      one.say("{\"type\":\"broadcast\",\"id\":\"b\",\"content\":{\"a\":[1]}}");
      assertThat(one.next("ack").get("recipients").asInt()).isEqualTo(2);
      for (Running.Client other : List.of(two, three)) {
        JsonNode frame = other.next("broadcast");
        assertThat(frame.get("content").toString()).isEqualTo("{\"a\":[1]}");
        assertThat(frame.get("from").asString()).isEqualTo("dev-user");
        assertThat(frame.has("offset")).isFalse();
      }
      one.nothing();
    }
  }

  @Test
  @DisplayName("MSG3 a direct message reaches all sockets of that user, and waits for one away")
  void aDirectMessageReachesOneUser() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = as(running, "ann");
      Running.Client zoe = as(running, "zoe");
      Running.Client zoeToo = as(running, "zoe");
      ann.say("{\"type\":\"direct\",\"id\":\"1\",\"to\":\"zoe\",\"content\":\"psst\"}");
      assertThat(ann.next("ack").get("delivered").asInt()).isEqualTo(2);
      assertThat(zoe.next("direct").get("content").asString()).isEqualTo("psst");
      assertThat(zoeToo.next("direct").get("from").asString()).isEqualTo("ann");
      ann.say("{\"type\":\"direct\",\"id\":\"2\",\"to\":\"bob\",\"content\":\"later\"}");
      assertThat(ann.next("ack").get("delivered").asInt()).isZero();
      Running.Client bob = as(running, "bob");
      assertThat(bob.next("direct").get("content").asString()).isEqualTo("later");
      bob.nothing();
      bob.socket().abort();
      await().until(() -> running.server.gateway().connections() == 3);
      as(running, "bob").nothing();
    }
  }

  @Test
  @DisplayName("CON12 MSG12 a client that is cut resumes without loss or duplicate")
  void aClientThatIsCutResumes() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\",\"user_id\":\"ann\"}");
      String session = ann.next("connected").get("session_id").asString();
      ann.say("{\"type\":\"subscribe\",\"channel\":\"news\"}");
      String position = ann.next("subscribed").get("position").asString();
      String epoch = position.substring(0, position.indexOf(':'));
      Running.Client bob = as(running, "bob");
      long seen = 0;
      int said = 0;
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 50; i++) {
          bob.say("{\"type\":\"message\",\"channel\":\"news\",\"content\":" + ++said + "}");
          if (i == 25) {
            // Read some of what has come, and cut in mid-flow.
            for (int k = 0; k < 10; k++) {
              JsonNode message = ann.next("message");
              seen = message.get("offset").asLong();
              assertThat(message.get("content").asLong()).isEqualTo(seen);
            }
            ann.socket().abort();
          }
        }
        Running.Client again = running.connect("/ws");
        again.say(
            "{\"type\":\"connect\",\"user_id\":\"ann\",\"session_id\":\"%s\",\"positions\":{\"channel:news\":\"%s:%d\"}}"
                .formatted(session, epoch, seen));
        JsonNode connected = again.next("connected");
        assertThat(connected.get("resumed").asBoolean()).isTrue();
        assertThat(connected.get("session_id").asString()).isEqualTo(session);
        ann = again;
      }
      while (seen < said) {
        JsonNode message = ann.next("message");
        assertThat(message.get("content").asLong()).isEqualTo(++seen);
      }
      ann.nothing();
    }
  }

  @Test
  @DisplayName("MSG7 MSG14 events published over HTTP arrive once per key, with their envelope")
  void eventsArePublishedOverHttp() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws/chat?channel=ops");
      ann.nothing();
      String body =
          "{\"channel\":\"ops\",\"event\":\"canvas:update\",\"data\":{\"x\":1},\"idempotency_key\":\"k\"}";
      JsonNode first = Running.JSON.readTree(running.post("/api/publish", body).body());
      JsonNode second = Running.JSON.readTree(running.post("/api/publish", body).body());
      assertThat(first.get("duplicate").asBoolean()).isFalse();
      assertThat(second.get("duplicate").asBoolean()).isTrue();
      assertThat(second.get("position")).isEqualTo(first.get("position"));
      JsonNode event = ann.next("canvas:update");
      assertThat(event.get("data").toString()).isEqualTo("{\"x\":1}");
      assertThat(event.get("channel").asString()).isEqualTo("ops");
      ann.nothing();
    }
  }

  @Test
  @DisplayName("MSG8 nested JSON and Unicode arrive as they were sent")
  void contentArrivesAsItWasSent() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws/chat");
      String content = "{\"a\":[1,{\"b\":\"\\u0000 \\ud83d\\ude00 😀 שלום\"}],\"n\":1e2}";
      ann.say("{\"type\":\"message\",\"content\":" + content + "}");
      assertThat(ann.next("message").get("content")).isEqualTo(Running.JSON.readTree(content));
    }
  }

  @Test
  @DisplayName("MSG15 presence counts users; join and leave come once per user")
  void presenceCountsUsers() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client watcher = as(running, "watcher");
      watcher.say("{\"type\":\"subscribe\",\"channel\":\"room\",\"presence\":true}");
      watcher.next("subscribed");
      watcher.next("attached");
      List<Running.Client> twice = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Running.Client ann = as(running, "ann");
        ann.say("{\"type\":\"subscribe\",\"channel\":\"room\"}");
        ann.next("subscribed");
        twice.add(ann);
      }
      assertThat(watcher.next("join").get("user_id").asString()).isEqualTo("ann");
      watcher.say("{\"type\":\"presence\",\"channel\":\"room\"}");
      JsonNode presence = watcher.next("presence");
      assertThat(presence.get("total").asInt()).isEqualTo(2);
      assertThat(presence.get("members").toString())
          .isEqualTo(
              "[{\"user_id\":\"ann\",\"connections\":2},{\"user_id\":\"watcher\",\"connections\":1}]");
      twice.getFirst().socket().abort();
      twice.getLast().say("{\"type\":\"unsubscribe\",\"channel\":\"room\"}");
      assertThat(watcher.next("leave").get("user_id").asString()).isEqualTo("ann");
      watcher.nothing();
    }
  }

  @Test
  @DisplayName("MSG18 CON11 the figures are exact after churn and zero when all are gone")
  void theFiguresAreExact() throws Exception {
    try (Running running = Running.dev()) {
      List<Running.Client> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Running.Client client = as(running, "u" + i % 3);
        client.say("{\"type\":\"subscribe\",\"channel\":\"c" + i % 2 + "\"}");
        client.next("subscribed");
        clients.add(client);
      }
      JsonNode stats = running.get("/api/stats");
      assertThat(stats.get("connections").asInt()).isEqualTo(10);
      assertThat(stats.get("connected_users").asInt()).isEqualTo(3);
      assertThat(stats.get("active_channels").asInt()).isEqualTo(5);
      assertThat(stats.get("channels").toString())
          .isEqualTo("{\"c0\":5,\"c1\":5,\"user:u0\":4,\"user:u1\":3,\"user:u2\":3}");
      clients.forEach(client -> client.socket().abort());
      await()
          .untilAsserted(() ->
              assertThat(running.get("/api/stats").toString())
                  .isEqualTo(
                      "{\"active_channels\":0,\"connected_users\":0,\"connections\":0,\"channels\":{}}"));
      assertThat(running.server.gateway().connections()).isZero();
    }
  }

  @Test
  @DisplayName("MSG21 a command that is sent again after a reconnect is not executed twice")
  void aCommandIsExecutedOnce() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client watcher = running.connect("/ws/chat?channel=c");
      watcher.nothing();
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\"}");
      String session = ann.next("connected").get("session_id").asString();
      String command = "{\"type\":\"message\",\"id\":\"m1\",\"channel\":\"c\",\"content\":1}";
      ann.say(command);
      JsonNode answer = ann.next("ack");
      ann.socket().abort();
      Running.Client again = running.connect("/ws?session_id=" + session);
      again.next("connected");
      again.say(command);
      JsonNode second = again.next("ack");
      assertThat(second.get("duplicate").asBoolean()).isTrue();
      assertThat(second.get("position")).isEqualTo(answer.get("position"));
      watcher.next("message");
      watcher.nothing();
    }
  }

  @Test
  @DisplayName("MSG19 a hundred subscribers get a thousand messages each, in order")
  void manySubscribersGetEverything() throws Exception {
    try (Running running = new Running(true, Map.of("server.loops", "2"))) {
      List<Running.Client> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Running.Client client = running.connect("/ws/chat?channel=big");
        client.nothing();
        clients.add(client);
      }
      Running.Client speaker = running.connect("/ws");
      for (int i = 1; i <= 1_000; i++) {
        speaker.say("{\"type\":\"message\",\"channel\":\"big\",\"content\":" + i + "}");
      }
      for (Running.Client client : clients) {
        for (int i = 1; i <= 1_000; i++) {
          assertThat(client.next("message").get("content").asInt()).isEqualTo(i);
        }
        client.nothing();
      }
    }
  }

  @Test
  @DisplayName("MSG13 history is read forward, backward and in pages")
  void historyIsReadInPages() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws/chat");
      for (int i = 1; i <= 5; i++) {
        ann.say("{\"type\":\"message\",\"content\":" + i + "}");
        ann.next("message");
      }
      JsonNode page = running.get("/api/channels/lobby/history?limit=2");
      assertThat(page.get("events").size()).isEqualTo(2);
      assertThat(page.get("complete").asBoolean()).isFalse();
      JsonNode rest =
          running.get("/api/channels/lobby/history?after=" + page.get("position").asString());
      assertThat(rest.get("events").get(0).get("content").asInt()).isEqualTo(3);
      assertThat(rest.get("complete").asBoolean()).isTrue();
      JsonNode back = running.get("/api/channels/lobby/history?reverse=true&limit=1");
      assertThat(back.get("events").get(0).get("content").asInt()).isEqualTo(5);
    }
  }
}
