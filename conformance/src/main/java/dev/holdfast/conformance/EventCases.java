package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import dev.holdfast.client.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events that agents publish: EVT1 to EVT7. */
final class EventCases {

  private EventCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    Map<String, String> events = new LinkedHashMap<>();
    events.put("streaming:update", "{\"stream_id\":\"s\",\"delta\":\"caf\\u00e9\",\"index\":3}");
    events.put(
        "streaming:error", "{\"stream_id\":\"s\",\"message\":\"upstream\",\"retryable\":true}");
    events.put(
        "streaming:complete",
        "{\"stream_id\":\"s\",\"text\":\"all of it\",\"usage\":{\"in\":1,\"out\":2}}");
    events.put(
        "canvas:present",
        "{\"canvas_id\":\"c\",\"component\":\"table\",\"props\":{\"rows\":[[1,null]]}}");
    events.put("canvas:update", "{\"canvas_id\":\"c\",\"props\":{\"rows\":[]}}");
    events.put("canvas:close", "{\"canvas_id\":\"c\"}");
    int number = 0;
    for (Map.Entry<String, String> event : events.entrySet()) {
      cases.add(
          new Case(
              "EVT" + ++number,
              event.getKey() + " arrives with its type and payload",
              USERS,
              t -> arrives(t, event.getKey(), event.getValue())));
    }
    cases.add(
        new Case(
            "EVT7",
            "an operation is followed from start to end, progress within 0 to 100",
            USERS,
            EventCases::operation));
    return cases;
  }

  private static void arrives(Trial t, String event, String data) throws Exception {
    String user = Trial.name("ann");
    Peer ann = t.as(user);
    Peer other = t.as(Trial.name("bob"));
    t.json(
        t.http(
            "POST",
            "/api/publish",
            "{\"channel\":\"user:%s\",\"event\":\"%s\",\"data\":%s}".formatted(user, event, data)));
    Frame heard = ann.next(event);
    Check.equal("data", Frame.of(data).fields(), heard.fields().get("data"));
    Check.equal("channel", "user:" + user, heard.text("channel"));
    other.nothing();
    ann.say("{'type':'publish','channel':'user:%s','event':'streaming','data':1}", user);
    ann.error("bad_request");
  }

  private static void operation(Trial t) throws Exception {
    String channel = Trial.name("team");
    Peer watcher = t.as(Trial.name("ann"));
    Trial.subscribe(watcher, channel);
    String agent = Trial.name("agent");
    try (Client client =
        Client.of(t.gateway().ws("/ws"))
            .token(t.gateway().secret() == null ? null : t.token(agent))
            .user(agent)
            .connect()
            .join()) {
      Operation done = new Operation(client, channel, agent, "Researcher", "research");
      done.start(3).join();
      done.step(1, "search", -5).join();
      done.step(2, "read", 150).join();
      done.context("reading", "the question", "answer").join();
      done.log("12 pages").join();
      done.complete(Map.of("pages", 12)).join();
      Operation failed = new Operation(client, channel, agent, "Researcher", "research");
      failed.start(0).join();
      failed.fail("no network").join();
    }
    told(watcher, "present", Map.of("status", "running", "total_steps", 3, "progress", 0));
    told(
        watcher,
        "update",
        Map.of("current_step", "search", "progress", 0, "current_step_index", 1));
    told(watcher, "update", Map.of("current_step", "read", "progress", 100));
    told(
        watcher,
        "update",
        Map.of("context", Map.of("what", "reading", "why", "the question", "next", "answer")));
    told(watcher, "update", Map.of("logs", List.of("12 pages"), "current_step", "read"));
    told(
        watcher,
        "close",
        Map.of("status", "completed", "progress", 100, "result", Map.of("pages", 12)));
    told(watcher, "present", Map.of("status", "running"));
    told(watcher, "close", Map.of("status", "failed", "error", "no network"));
    watcher.nothing();
  }

  private static void told(Peer watcher, String action, Map<String, ?> fields) throws Exception {
    Frame heard = watcher.next("canvas:update");
    if (!(heard.fields().get("data") instanceof Map<?, ?> data)) {
      throw new AssertionError("no data: " + heard);
    }
    Check.equal("action", action, data.get("action"));
    Check.equal("component", "agent_operation_tracker", data.get("component"));
    fields.forEach((name, value) -> Check.equal(name, value, data.get(name)));
  }
}
