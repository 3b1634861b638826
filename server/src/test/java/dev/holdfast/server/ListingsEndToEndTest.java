package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ListingsEndToEndTest {

  /** One page after the other, each of so many entries at most; the entries' values of a field. */
  private static List<String> all(Running running, String path, String list, String field, int most)
      throws Exception {
    List<String> found = new ArrayList<>();
    String after = "";
    while (true) {
      JsonNode page = running.get(path + "limit=" + most + "&after=" + encoded(after));
      assertThat(page.get(list)).hasSizeBetween(0, most);
      page.get(list).forEach(one -> found.add(one.get(field).asString()));
      if (!page.has("next")) {
        return found;
      }
      after = page.get("next").asString();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<String> values(JsonNode list, String field) {
    List<String> values = new ArrayList<>();
    list.forEach(one -> values.add(one.get(field).asString()));
    return values;
  }

  /** Reads on to a frame of that type. */
  private static void until(Running.Client client, String type) throws InterruptedException {
    while (!client.next().get("type").asString().equals(type)) {
      // Its user's channel tells of it as well.
    }
  }

  private static Running.Client device(Running running, String user, String id) throws Exception {
    Running.Client device = running.connect("/ws");
    device.say("{\"type\":\"connect\",\"user_id\":\"%s\"}".formatted(user)).next("connected");
    device.say(
        """
        {"type":"register","device_id":"%s","device_info":{"name":"The %s","capabilities":["snap"]}}\
        """
            .formatted(id, id));
    until(device, "registered");
    return device;
  }

  @Test
  void channelsAreListedPageByPageInTheOrderOfTheirNames() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\",\"user_id\":\"ann\"}").next("connected");
      List<String> names = new ArrayList<>();
      for (int i = 100; i < 230; i++) {
        names.add("many/" + i);
        ann.say("{\"type\":\"subscribe\",\"channel\":\"many/%d\"}".formatted(i)).next("subscribed");
      }
      JsonNode first = running.get("/api/channels?q=MANY%2F");
      assertThat(first.get("total").asInt()).isEqualTo(130);
      assertThat(values(first.get("channels"), "channel")).isEqualTo(names.subList(0, 100));
      assertThat(first.get("channels").get(0).get("subscribers").asInt()).isEqualTo(1);
      assertThat(all(running, "/api/channels?q=many&", "channels", "channel", 7)).isEqualTo(names);
      assertThat(values(running.get("/api/channels?q=y/22").get("channels"), "channel"))
          .isEqualTo(names.subList(120, 130));
      JsonNode none = running.get("/api/channels?q=nowhere");
      assertThat(none.get("channels")).isEmpty();
      assertThat(none.get("total").asInt()).isZero();
      assertThat(none.has("next")).isFalse();
    }
  }

  @Test
  void aPageBeginsWhereTheOneBeforeEndedWhateverCameAndWentMeanwhile() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\",\"user_id\":\"ann\"}").next("connected");
      for (String name : List.of("x:b", "x:d", "x:f", "x:h")) {
        ann.say("{\"type\":\"subscribe\",\"channel\":\"%s\"}".formatted(name)).next("subscribed");
      }
      JsonNode first = running.get("/api/channels?q=x:&limit=2");
      assertThat(values(first.get("channels"), "channel")).containsExactly("x:b", "x:d");
      ann.say("{\"type\":\"subscribe\",\"channel\":\"x:a\"}").next("subscribed");
      ann.say("{\"type\":\"unsubscribe\",\"channel\":\"x:d\"}").next("unsubscribed");
      JsonNode second =
          running.get("/api/channels?q=x:&limit=2&after=" + first.get("next").asString());
      assertThat(values(second.get("channels"), "channel")).containsExactly("x:f", "x:h");
      assertThat(second.get("total").asInt()).isEqualTo(4);
      assertThat(second.has("next")).isFalse();
    }
  }

  @Test
  void sessionsAndTheirFiguresAreListedByUserAndFound() throws Exception {
    try (Running running = Running.dev()) {
      List<String> ids = new ArrayList<>();
      for (String user : List.of("zoe", "ann", "mia")) {
        Running.Client client = running.connect("/ws");
        client.say("{\"type\":\"connect\",\"user_id\":\"%s\"}".formatted(user));
        ids.add(client.next("connected").get("session_id").asString());
      }
      for (String path : List.of("sessions", "figures/clients")) {
        String list = path.equals("sessions") ? "sessions" : "clients";
        assertThat(all(running, "/api/" + path + "?", list, "user_id", 1))
            .containsExactly("ann", "mia", "zoe");
        JsonNode found = running.get("/api/" + path + "?q=" + ids.get(2));
        assertThat(values(found.get(list), "user_id")).containsExactly("mia");
        assertThat(found.get(list).get(0).get("connected").asBoolean()).isTrue();
        assertThat(found.get("total").asInt()).isEqualTo(1);
      }
      assertThat(running.get("/api/sessions?q=127.0.0.1").get("total").asInt()).isEqualTo(3);
    }
  }

  @Test
  void devicesAreListedWithoutWhatTheySaidLastAndFoundByTheirNames() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client lamp = device(running, "dev-user", "lamp");
      device(running, "ann", "phone");
      device(running, "ann", "door");
      lamp.say("{\"type\":\"event\",\"id\":\"1\",\"name\":\"lit\",\"data\":{\"by\":1}}");
      until(lamp, "ack");
      assertThat(all(running, "/api/devices?", "devices", "device_id", 1))
          .containsExactly("door", "phone", "lamp");
      JsonNode found = running.get("/api/devices?q=the+LAMP").get("devices");
      assertThat(values(found, "device_id")).containsExactly("lamp");
      assertThat(found.get(0).has("values")).isFalse();
      assertThat(running.get("/api/devices/lamp").get("values").get("lit").get("by").asInt())
          .isEqualTo(1);
      assertThat(running.get("/api/devices?q=phone").get("total").asInt()).isEqualTo(1);
    }
  }

  @Test
  void runsAreListedTheNewestFirstWithTheBeginningOfWhatTheySaid() throws Exception {
    try (Running running = Running.dev()) {
      List<String> begun = new ArrayList<>();
      String prompt = "word ".repeat(1_000);
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> events =
            running.request(
                "POST",
                "/api/runs",
                "{\"agent_id\":\"echo\",\"prompt\":\"%s\"}".formatted(prompt),
                "content-type",
                "application/json",
                "accept",
                "text/event-stream");
        assertThat(events.body()).contains("event: done");
        String body = events.body();
        int at = body.indexOf("\"run_id\":\"") + 10;
        begun.addFirst(body.substring(at, body.indexOf('"', at)));
      }
      assertThat(all(running, "/api/runs?", "runs", "run_id", 2))
          .containsExactlyInAnyOrderElementsOf(begun);
      JsonNode page = running.get("/api/runs?q=echo&limit=1");
      assertThat(page.get("total").asInt()).isEqualTo(3);
      JsonNode run = page.get("runs").get(0);
      assertThat(run.get("text").asString()).hasSize(1_000).startsWith("word word");
      assertThat(run.get("user_id").asString()).isEqualTo("dev-user");
      assertThat(
              running
                  .get("/api/runs/" + run.get("run_id").asString())
                  .get("text")
                  .asString()
                  .strip())
          .isEqualTo(prompt.strip());
    }
  }

  @Test
  void milestonesOfOneNameAreAllListed() throws Exception {
    try (Running running = Running.dev()) {
      for (int i = 0; i < 5; i++) {
        assertThat(
                running
                    .post("/api/milestones", "{\"name\":\"same/%d\"}".formatted(i % 2))
                    .statusCode())
            .isEqualTo(201);
      }
      assertThat(all(running, "/api/milestones?", "milestones", "id", 2))
          .hasSize(5)
          .doesNotHaveDuplicates();
      assertThat(running.get("/api/milestones?q=same/1").get("total").asInt()).isEqualTo(2);
    }
  }

  @Test
  void whoIsInAChannelIsListedPageByPage() throws Exception {
    try (Running running = Running.dev()) {
      for (String user : List.of("zoe", "ann", "mia")) {
        Running.Client client = running.connect("/ws");
        client.say("{\"type\":\"connect\",\"user_id\":\"%s\"}".formatted(user)).next("connected");
        client.say("{\"type\":\"subscribe\",\"channel\":\"room\"}").next("subscribed");
      }
      assertThat(all(running, "/api/channels/room/presence?", "members", "user_id", 2))
          .containsExactly("ann", "mia", "zoe");
      assertThat(running.get("/api/channels/room/presence?limit=1").get("total").asInt())
          .isEqualTo(3);
    }
  }

  @Test
  void theFiguresOfChannelsNameThoseThatMostSubscribeTo() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      Running.Client zoe = running.connect("/ws");
      ann.say("{\"type\":\"connect\",\"user_id\":\"ann\"}").next("connected");
      zoe.say("{\"type\":\"connect\",\"user_id\":\"zoe\"}").next("connected");
      for (int i = 0; i < 900; i++) {
        ann.say("{\"type\":\"subscribe\",\"channel\":\"a%d\"}".formatted(i)).next("subscribed");
      }
      for (int i = 899; i < 1_100; i++) {
        zoe.say("{\"type\":\"subscribe\",\"channel\":\"a%d\"}".formatted(i)).next("subscribed");
      }
      JsonNode stats = running.get("/api/stats");
      // Each is in the channel of its own too.
      assertThat(stats.get("active_channels").asInt()).isEqualTo(1_102);
      assertThat(stats.get("channels")).hasSize(1_000);
      assertThat(stats.get("channels").get("a899").asInt()).isEqualTo(2);
    }
  }

  private static final List<String> PATHS =
      List.of(
          "/api/sessions",
          "/api/figures/clients",
          "/api/channels",
          "/api/channels/lobby/presence",
          "/api/agents",
          "/api/runs",
          "/api/tools",
          "/api/devices",
          "/api/pairings",
          "/api/media",
          "/api/terminals",
          "/api/milestones");

  private static String refusal(Running running, String target) throws Exception {
    HttpResponse<String> refused = running.request("GET", target, null);
    assertThat(refused.statusCode()).as(target).isEqualTo(400);
    JsonNode error = Running.JSON.readTree(refused.body()).get("error");
    assertThat(error.get("code").asString()).isEqualTo("bad_request");
    return error.get("message").asString();
  }

  @Test
  void everyListingSaysHowManyThereAreAndWhatIsWrongWithAQuestion() throws Exception {
    try (Running running = Running.dev()) {
      for (String path : PATHS) {
        assertThat(running.get(path + "?limit=1000").has("total")).as(path).isTrue();
        for (String limit : List.of("0", "1001", "-1", "many", "", "1e2", "9".repeat(20))) {
          assertThat(refusal(running, path + "?limit=" + limit))
              .isEqualTo("limit: must be a whole number from 1 to 1000");
        }
        for (String name : List.of("after", "q")) {
          assertThat(refusal(running, path + "?" + name + "=" + "x".repeat(1_001)))
              .isEqualTo(name + ": must be at most 1000 characters");
        }
      }
    }
  }
}
