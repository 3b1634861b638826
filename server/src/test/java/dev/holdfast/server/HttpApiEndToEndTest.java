package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class HttpApiEndToEndTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /nowhere                            |                                     | 404 |"
            + " not_found",
        "GET    | /api/publish                        |                                     | 405 |"
            + " bad_request",
        "POST   | /api/publish                        | nonsense                            | 400 |"
            + " bad_json",
        "POST   | /api/publish                        | []                                  | 400 |"
            + " bad_json",
        "POST   | /api/publish                        | {}                                  | 400 |"
            + " bad_request",
        "POST   | /api/publish                        | {\"channel\":1}                     | 400 |"
            + " bad_request",
        "POST   | /api/publish                        |"
            + " {\"channel\":\"a\",\"event\":\"x\",\"data\":1}    | 400 | bad_request",
        "POST   | /api/publish                        | {\"channel\":\"a\",\"event\":\"x:y\"}      "
            + "       | 400 | bad_request",
        "POST   | /api/publish                        | {\"channel\":\"a"
            + " b\",\"event\":\"x:y\",\"data\":1} | 400 | bad_request",
        "POST   | /api/broadcast                      | {}                                  | 400 |"
            + " bad_request",
        "POST   | /api/broadcast                      | {\"content\":\"\\ud800\"}            | 400"
            + " | bad_request",
        "POST   | /api/broadcast                      | {\"content\":1,\"content\":2}         | 400"
            + " | bad_request",
        "POST   | /api/broadcast                      | {\"type\":\"ping\",\"content\":2}     | 400"
            + " | bad_request",
        "POST   | /api/runs                           | {\"agent_id\":\"e\",\"prompt\":\"\\udc00\"}"
            + " | 400 | bad_request",
        "POST   | /api/runs/x/input                   | {\"content\":\"\\ud800\"}            | 400"
            + " | bad_request",
        "POST   | /api/tokens/revoke                  | {\"jti\":null}                      | 400 |"
            + " bad_request",
        "GET    | /api/channels/none/history          |                                     | 404 |"
            + " not_found",
        "GET    | /api/channels/lobby/history?limit=0 |                                     | 404 |"
            + " not_found",
        "DELETE | /api/sessions/none                  |                                     | 404 |"
            + " not_found",
      })
  void badRequestsAreAnsweredWithTheirReason(
      String method, String path, String body, int status, String code) throws Exception {
    try (Running running = Running.dev()) {
      HttpResponse<String> response =
          running.request(method, path, body, "content-type", "application/json");
      assertThat(response.statusCode()).isEqualTo(status);
      JsonNode error = Running.JSON.readTree(response.body()).get("error");
      assertThat(error.get("code").asString()).isEqualTo(code);
      assertThat(error.get("message").asString()).isNotEmpty();
    }
  }

  @Test
  void inDevelopmentAForeignPageIsRefused() throws Exception {
    try (Running running = Running.dev()) {
      assertThat(running.request("GET", "/api/stats", null).statusCode()).isEqualTo(200);
      assertThat(
              running
                  .request("GET", "/api/stats", null, "origin", "http://evil.example")
                  .statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void inDevelopmentOneIsWhoOneWouldLikeToBeAndElsewhereNot() throws Exception {
    String milestone = "{\"name\":\"one\"}";
    try (Running running = Running.dev()) {
      for (String name : List.of("ann", "J%C3%BCrgen%20", "%zz", "%00", "x".repeat(600))) {
        HttpResponse<String> made =
            running.request(
                "POST",
                "/api/milestones",
                milestone,
                "content-type",
                "application/json",
                "x-user-id",
                name);
        assertThat(made.statusCode()).as(name).isEqualTo(name.equals("ann") ? 201 : 400);
        assertThat(made.body())
            .contains(name.equals("ann") ? "\"user_id\":\"ann\"" : "x-user-id: ");
      }
    }
    try (Running running = new Running(false, Map.of("auth.secret", "x".repeat(32)))) {
      assertThat(running.request("GET", "/api/runs", null, "x-user-id", "ann").statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void whoIsNobodyIsToldHowToBecomeSomebody() throws Exception {
    String hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"; // of "secret"
    try (Running running =
        new Running(
            false,
            Map.of(
                "auth.secret",
                "x".repeat(32),
                "auth.api_keys",
                "[{name: ci, sha256: %s, roles: [publisher], publish: ['a*']}]".formatted(hash)))) {
      HttpResponse<String> none = running.request("GET", "/api/stats", null);
      assertThat(none.statusCode()).isEqualTo(401);
      assertThat(none.headers().firstValue("www-authenticate")).contains("Bearer");
      assertThat(running.request("GET", "/api/stats", null, "x-api-key", "wrong").statusCode())
          .isEqualTo(401);
      assertThat(running.request("GET", "/api/stats", null, "x-api-key", "secret").statusCode())
          .isEqualTo(403);
      assertThat(
              running
                  .request(
                      "POST",
                      "/api/publish",
                      "{\"channel\":\"a\",\"event\":\"a:b\",\"data\":null}",
                      "x-api-key",
                      "secret",
                      "content-type",
                      "application/json")
                  .statusCode())
          .isEqualTo(200);
      assertThat(running.request("GET", "/health/live", null).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theDocumentDescribesEveryRouteAndNoOther() throws Exception {
    try (Running running = Running.dev()) {
      List<String> described = new ArrayList<>();
      running
          .get("/api/openapi.json")
          .get("paths")
          .properties()
          .forEach(path ->
              path.getValue()
                  .propertyNames()
                  .forEach(method ->
                      described.add(
                          method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
      assertThat(new TreeSet<>(described)).isEqualTo(new TreeSet<>(running.server.paths()));
    }
  }

  @Test
  void everyPathSaysWhichMethodsItHas() throws Exception {
    try (Running running = Running.dev()) {
      List<String> routes = new ArrayList<>(running.server.paths());
      routes.addAll(List.of("GET /", "GET /holdfast.js"));
      for (String route : routes) {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1).replaceAll("\\{[a-z]+}", "x");
        HttpResponse<String> refused = running.request("BREW", path, null);
        assertThat(refused.statusCode()).as(route).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow").orElse("").split(", "))
            .as(route)
            .contains(method, "OPTIONS")
            .doesNotHaveDuplicates();
        if (method.equals("GET")) {
          assertThat(refused.headers().firstValue("allow")).get().asString().contains("HEAD");
        }
        HttpResponse<String> asked = running.request("OPTIONS", path, null);
        assertThat(asked.statusCode()).as(route).isEqualTo(204);
        assertThat(asked.body()).isEmpty();
      }
      for (String nowhere : List.of("//api/stats", "/api//stats", "/api/stats/", "/api/%73tats")) {
        assertThat(running.request("GET", nowhere, null).statusCode()).as(nowhere).isEqualTo(404);
      }
    }
  }

  @Test
  void aHeadIsAnsweredLikeAGetWithoutItsBody() throws Exception {
    try (Running running = Running.dev()) {
      for (String route : running.server.paths()) {
        if (route.startsWith("GET ")) {
          String path = route.substring(4).replaceAll("\\{[a-z]+}", "x");
          HttpResponse<String> head = running.request("HEAD", path, null);
          HttpResponse<String> got = running.request("GET", path, null);
          assertThat(head.statusCode()).as(route).isEqualTo(got.statusCode());
          assertThat(head.body()).as(route).isEmpty();
          assertThat(head.headers().firstValue("content-type"))
              .as(route)
              .isEqualTo(got.headers().firstValue("content-type"));
        }
      }
      JsonNode run =
          Running.JSON.readTree(
              running.post("/api/runs", "{\"agent_id\":\"echo\",\"action\":\"wait\"}").body());
      String id = run.get("run_id").asString();
      HttpResponse<String> events = running.request("HEAD", "/api/runs/" + id + "/events", null);
      assertThat(events.headers().firstValue("content-type")).contains("text/event-stream");
      assertThat(running.post("/api/runs/" + id + "/cancel", "{}").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("MSG8 what is published over HTTP arrives as it was sent")
  void whatIsPublishedArrivesAsItWasSent() throws Exception {
    String data = "[1.000000000000000000001,1e400,123456789012345678901234567890,-0.10]";
    try (Running running = Running.dev()) {
      String event = "{\"channel\":\"docs/plan\",\"event\":\"a:b\",\"data\":%s}".formatted(data);
      assertThat(running.post("/api/publish", event).statusCode()).isEqualTo(200);
      assertThat(running.request("GET", "/api/channels/docs%2Fplan/history", null).body())
          .contains("\"data\":" + data);
      assertThat(
              running
                  .request("GET", "/api/channels/docs%2Fplan/history?reverse=yes", null)
                  .statusCode())
          .isEqualTo(400);
      HttpResponse<String> noText =
          running.http.send(
              java.net.http.HttpRequest.newBuilder(
                      java.net.URI.create("http://" + running.base() + "/api/broadcast"))
                  .header("content-type", "application/json")
                  .POST(
                      java.net.http.HttpRequest.BodyPublishers.ofByteArray(
                          "{\"content\":\"\u00e9\"}"
                              .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(noText.statusCode()).isEqualTo(400);
      assertThat(noText.body()).contains("bad_json");
    }
  }

  @Test
  void sessionsAreListedAndEnded() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\",\"user_id\":\"ann\"}");
      String id = ann.next("connected").get("session_id").asString();
      JsonNode listed = running.get("/api/sessions").get("sessions").get(0);
      assertThat(listed.get("session_id").asString()).isEqualTo(id);
      assertThat(listed.get("user_id").asString()).isEqualTo("ann");
      assertThat(listed.get("behind").asLong()).isZero();
      assertThat(running.get("/api/sessions").get("closed")).isEmpty();
      assertThat(running.request("DELETE", "/api/sessions/" + id, null).statusCode())
          .isEqualTo(200);
      assertThat(ann.closeCode()).isEqualTo(4003);
      JsonNode closed = running.get("/api/sessions").get("closed");
      assertThat(closed).hasSize(1);
      assertThat(closed.get(0).get("session_id").asString()).isEqualTo(id);
      assertThat(closed.get(0).get("code").asInt()).isEqualTo(4003);
      assertThat(closed.get(0).get("reason").asString()).isEqualTo("disconnected");
    }
  }

  @Test
  void aClientThatGoesByItselfIsToldApartFromOneThatWasClosed() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws");
      ann.say("{\"type\":\"connect\"}").next("connected");
      ann.socket().abort();
      JsonNode closed;
      do {
        closed = running.get("/api/sessions").get("closed");
      } while (closed.isEmpty());
      assertThat(closed.get(0).has("code")).isFalse();
      assertThat(closed.get(0).get("reason").asString()).isEqualTo("the client is gone");
      assertThat(running.get("/api/sessions").get("sessions").get(0).get("connected").asBoolean())
          .isFalse();
    }
  }

  @Test
  @DisplayName("CON22 draining sends clients away with advice and takes no new ones")
  void drainingSendsClientsAway() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws/chat");
      ann.nothing();
      running.server.drain(Duration.ofMillis(1));
      assertThat(ann.next("reconnect").get("reconnect_after_ms").asLong()).isPositive();
      assertThat(ann.closeCode()).isEqualTo(1001);
      assertThat(running.request("GET", "/health/ready", null).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void theMetricsCountWhatWasDone() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client ann = running.connect("/ws/chat");
      ann.say("{\"type\":\"message\",\"content\":1}");
      ann.next("message");
      ann.say("{\"type\":\"nonsense\"}");
      ann.next("error");
      String metrics = running.request("GET", "/metrics", null).body();
      assertThat(metrics)
          .contains("\nholdfast_connections 1.0\n")
          .contains("\nholdfast_events_out_total 1.0\n")
          .contains("\nholdfast_frames_in_total 2.0\n")
          .contains("holdfast_refusals_total{reason=\"unknown_type\"} 1.0")
          .contains("holdfast_command_seconds_count{type=\"Message\"} 1")
          .contains("holdfast_command_seconds_bucket{type=\"Message\",le=\"+Inf\"} 1");
    }
  }
}
