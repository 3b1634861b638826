package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Runs over HTTP, and what channels are told of them. */
class RunsEndToEndTest {

  /** One server-sent event. */
  private record Sent(String id, String event, JsonNode data) {}

  private static List<Sent> sent(Stream<String> lines) {
    List<Sent> all = new ArrayList<>();
    String id = "";
    String event = "";
    for (String line : lines.toList()) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        event = line.substring(7);
      } else if (line.startsWith("data: ")) {
        all.add(new Sent(id, event, Running.JSON.readTree(line.substring(6))));
      }
    }
    return all;
  }

  private static HttpResponse<Stream<String>> follow(
      Running running, String run, @Nullable String after) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://" + running.base() + "/api/runs/" + run + "/events"));
    if (after != null) {
      request.header("last-event-id", after);
    }
    return running.http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
  }

  private static String text(List<Sent> events) {
    StringBuilder text = new StringBuilder();
    for (Sent one : events) {
      if (one.event().equals("token")) {
        text.append(one.data().get("text").asString());
      }
    }
    return text.toString();
  }

  @Test
  void aRunIsStreamedAsServerSentEventsAndResumedAfterTheLastOne() throws Exception {
    try (Running running = Running.dev()) {
      HttpResponse<String> response =
          running.request(
              "POST",
              "/api/runs",
              "{\"agent_id\":\"echo\",\"prompt\":\"one two three four\"}",
              "content-type",
              "application/json",
              "accept",
              "text/event-stream");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
      List<Sent> all = sent(response.body().lines());
      assertThat(all.getFirst().event()).isEqualTo("started");
      assertThat(all.getLast().event()).isEqualTo("done");
      assertThat(text(all)).isEqualTo("one two three four");
      assertThat(all.getLast().data().get("text").asString()).isEqualTo("one two three four");
      String run = all.getFirst().data().get("run_id").asString();
      // After "started" and two tokens, whatever else has been merged since.
      String epoch = all.getFirst().id().substring(0, all.getFirst().id().indexOf(':'));
      List<Sent> rest = sent(follow(running, run, epoch + ":3").body());
      assertThat(text(rest)).isEqualTo(" three four");
      assertThat(rest.getLast().event()).isEqualTo("done");
      assertThat(follow(running, run, all.getLast().id()).statusCode()).isEqualTo(204);
      assertThat(text(sent(follow(running, run, null).body()))).isEqualTo("one two three four");
      assertThat(follow(running, run, "nonsense").statusCode()).isEqualTo(400);
      assertThat(follow(running, "nobody", null).statusCode()).isEqualTo(404);
      HttpResponse<String> query =
          running.request("GET", "/api/runs/" + run + "/events?after=" + epoch + ":4", null);
      assertThat(text(sent(query.body().lines()))).isEqualTo(" four");
    }
  }

  @Test
  void aStreamOfARunThatWaitsEndsWithItAndCommandsComeOverHttp() throws Exception {
    try (Running running = Running.dev()) {
      JsonNode begun =
          Running.JSON.readTree(
              running.post("/api/runs", "{\"agent_id\":\"echo\",\"action\":\"approve\"}").body());
      String run = begun.get("run_id").asString();
      String path = "/api/runs/" + run;
      while (running.get(path).get("approvals").isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(running.post(path + "/approve", "{\"approval_id\":\"a9\"}").statusCode())
          .isEqualTo(409);
      assertThat(running.post(path + "/approve", "{}").statusCode()).isEqualTo(400);
      assertThat(running.post(path + "/approve", "{\"approval_id\":\"a1\"}").statusCode())
          .isEqualTo(200);
      List<Sent> all = sent(follow(running, run, null).body());
      assertThat(all.getLast().data().get("result").get("decision").asString())
          .isEqualTo("approve");
      run =
          Running.JSON
              .readTree(
                  running.post("/api/runs", "{\"agent_id\":\"echo\",\"action\":\"wait\"}").body())
              .get("run_id")
              .asString();
      assertThat(running.post("/api/runs/" + run + "/input", "{\"content\":[1]}").statusCode())
          .isEqualTo(200);
      all = sent(follow(running, run, null).body());
      assertThat(all.getLast().data().get("result").get("heard").get(0).asInt()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'agent_id':'echo','prompt':'x','deadline_ms':0} | deadline_ms",
        "{'agent_id':'echo','prompt':'x','deadline_ms':'1'} | deadline_ms",
        "{'agent_id':'echo','prompt':'x','cancel_after_ms':1.5} | cancel_after_ms",
        "{'agent_id':'echo','prompt':'x','guidance':1} | guidance",
        "{'agent_id':'echo','prompt':'x','conversation_id':'a b'} | conversation_id",
        "{'agent_id':'echo','prompt':['x']} | prompt",
        "{'agent_id':'echo'} | prompt",
      })
  void whatIsWrongWithARequestIsNamed(String json, String field) throws Exception {
    try (Running running = Running.dev()) {
      HttpResponse<String> response = running.post("/api/runs", json.replace('\'', '"'));
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("\"message\":\"" + field + ": ");
    }
  }

  @Test
  void aTeamWatchesARunAndItsUserIsGuided() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client watcher = running.connect("/ws?token=dev-token");
      watcher.next("connected");
      watcher.say("{\"type\":\"subscribe\",\"channel\":\"team-room\"}");
      watcher.next("subscribed");
      Running.Client user = running.connect("/ws/agent/execute");
      user.say(
          "{\"agent_id\":\"test-agent\",\"action\":\"test_action\",\"publish_to\":\"team-room\","
              + "\"guidance\":true}");
      List<String> streamed = new ArrayList<>();
      List<String> guided = new ArrayList<>();
      JsonNode last = null;
      while (!streamed.contains("streaming:complete complete") || !guided.contains("close")) {
        JsonNode frame = watcher.next();
        String type = frame.get("type").asString();
        JsonNode data = frame.get("data");
        if (type.equals("canvas:update")) {
          guided.add(data.get("action").asString());
          last = data;
        } else {
          streamed.add(type + " " + data.get("kind").asString());
        }
      }
      assertThat(streamed).startsWith("streaming:start started").hasSize(10);
      assertThat(guided.getFirst()).isEqualTo("present");
      assertThat(java.util.Objects.requireNonNull(last).get("status").asString())
          .isEqualTo("completed");
      assertThat(last.get("progress").asInt()).isEqualTo(100);
      assertThat(last.get("current_step_index").asInt()).isEqualTo(3);
      assertThat(last.get("logs").size()).isEqualTo(3);
    }
  }

  @Test
  void aRunIsCancelledWhenItsFollowersAreGoneForLongerThanItIsTo() throws Exception {
    try (Running running = Running.dev()) {
      Running.Client user = running.connect("/ws");
      user.say(
          "{\"type\":\"run\",\"id\":\"r\",\"agent_id\":\"echo\",\"action\":\"wait\","
              + "\"cancel_after_ms\":300}");
      String run = user.next("ack").get("run_id").asString();
      user.next("started");
      assertThat(running.get("/api/runs/" + run).get("state").asString()).isEqualTo("running");
      user.socket().abort();
      JsonNode shown = running.get("/api/runs/" + run);
      while (shown.get("state").asString().equals("running")) {
        Thread.sleep(20);
        shown = running.get("/api/runs/" + run);
      }
      assertThat(shown.get("state").asString()).isEqualTo("cancelled");
      List<Sent> all = sent(follow(running, run, null).body());
      assertThat(all.getLast().data().get("reason").asString()).isEqualTo("nobody follows it");
    }
  }
}
