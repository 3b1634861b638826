package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Client;
import dev.holdfast.client.CommandException;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway that is killed, and another one in its place: HRD6. */
final class RestartCases {

  /** What a user has at the gateway, by the ids that it was told. */
  private record Had(String session, String run, String call, String terminal, String milestone) {}

  private RestartCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "HRD6",
            "whoever comes back after a kill is told what is lost, and what is stored is there",
            OWN,
            shared -> {
              Path data = Files.createTempDirectory("holdfast-restart");
              try {
                killed(shared, data);
              } finally {
                Programs.delete(data);
              }
            }),
        new Case("HRD6", "the same where nothing is stored", OWN, shared -> killed(shared, null)));
  }

  private static void killed(Trial shared, @Nullable Path data) throws Exception {
    try (Programs programs = new Programs()) {
      try {
        killed(shared, data, programs);
        for (String pid : programs.written("pids").lines().toList()) {
          Check.becomes("program " + pid + " has ended", () -> Programs.gone(Long.parseLong(pid)));
        }
      } finally {
        end(programs);
      }
    }
  }

  private static void killed(Trial shared, @Nullable Path data, Programs programs)
      throws Exception {
    // Each says something again and again, as programs do that are at work.
    programs.script(
        "talks",
        "cat > /dev/null\necho $$ >> pids\n"
            + "while sleep 0.1; do echo '{\"progress\":1,\"total\":2}'; done");
    programs.script("speaks", "echo $$ >> pids\nwhile sleep 0.1; do echo word; done");
    programs.script("shell", "echo $$ >> pids\necho up\nread line");
    List<String> settings =
        new ArrayList<>(
            List.of(
                "tools.providers",
                "[" + programs.provider("") + "]",
                "agents.list",
                "[{id: speaker, type: process, command: [sh, speaks], folder: %s}]"
                    .formatted(programs.folder())));
    if (data != null) {
      settings.addAll(List.of("server.data", data.toString()));
    }
    Trial before = shared.own(true, settings.toArray(String[]::new));
    Peer bob = before.connect("/ws");
    before.hello(bob, "bob", "");
    String session = String.valueOf(bob.next("connected").text("session_id"));
    Had had = has(before, bob, session, programs);
    String token = paired(before);
    try (Client ann = client(before)) {
      Collected room = Collected.of(ann.channel("room"));
      ann.command("ping", Map.of()).join();
      Frame call = ann.command("call_tool", Map.of("name", "sticks", "arguments", Map.of())).join();
      String feed = String.valueOf(call.text("feed"));
      Collected waits = Collected.of(ann.feed(feed, new Begin.Start()));
      Check.becomes("it works", () -> !programs.written("pid").isEmpty());
      String place = String.valueOf(ann.message("room", "before").join().text("position"));
      Check.equal("content", List.of("before"), room.contents(1));
      Check.equal("heard", "before", DeviceTalk.until(bob, "message").text("content"));

      Objects.requireNonNull(before.gateway().process()).destroyForcibly().waitFor();
      bob.ended();
      settings.addAll(List.of("server.port", Integer.toString(before.gateway().base().getPort())));
      Trial after = shared.own(true, settings.toArray(String[]::new));

      told(after, had, place);
      // The Java client has come back by itself, and says what it can't give.
      Throwable lost = waits.ended.get(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
      Check.that(
          "the call is lost",
          lost instanceof CommandException refused && refused.code().equals("not_found"),
          lost);
      Check.that("a gap", room.next() instanceof Delivery.Gap gap && lost(gap), "no gap");
      Peer zoe = after.as("zoe");
      Trial.subscribe(zoe, "room");
      Frame said = ann.message("room", "after").get(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
      Check.that("a new life", String.valueOf(said.text("position")).endsWith(":1"), said);
      Check.equal("once", List.of("after"), room.contents(1));
      Check.equal("content", "after", zoe.next("message").text("content"));
      zoe.nothing();
      Check.equal("nothing else", 0, room.size());
      stored(after, data != null, had, token);
      for (String figure : List.of("runs", "calls", "workers")) {
        Check.equal(figure, 0.0, after.metric("holdfast_" + figure));
      }
    }
  }

  private static boolean lost(Delivery.Gap gap) {
    return gap.reason().equals("unrecovered")
        && gap.feed().equals("channel:room")
        && gap.position().endsWith(":0");
  }

  private static Client client(Trial t) throws Exception {
    return Client.of(t.gateway().base())
        .user("ann")
        .backoff(Duration.ofMillis(10), Duration.ofMillis(200))
        .connect()
        .get(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Has everything that a gateway can have at work. */
  private static Had has(Trial t, Peer bob, String session, Programs programs) throws Exception {
    Trial.subscribe(bob, "room");
    Shown shell = Shown.open(bob, ",'command':['sh','shell'],'cwd':'" + programs.folder() + "'");
    shell.until("up");
    bob.say("{'type':'run','id':'run','agent_id':'speaker','prompt':'x'}");
    String run = String.valueOf(DeviceTalk.until(bob, "ack").text("run_id"));
    DeviceTalk.until(bob, "token");
    bob.say("{'type':'call_tool','id':'call','name':'talks'}");
    String call = String.valueOf(DeviceTalk.until(bob, "call_ack").text("feed"));
    Frame milestone =
        DeviceTalk.created(t.http("POST", "/api/milestones", "{'name':'one','command':['cat']}"));
    Check.becomes("they work", () -> programs.written("pids").lines().count() == 3);
    return new Had(
        session, "run:" + run, call, "terminal:" + shell.id, String.valueOf(milestone.text("id")));
  }

  /** A device's own token. */
  private static String paired(Trial t) throws Exception {
    String code =
        String.valueOf(DeviceTalk.created(t.http("POST", "/api/pairing-codes", "{}")).text("code"));
    String body = "{'code':'" + code + "','device_id':'lamp','name':'Lamp'}";
    return String.valueOf(DeviceTalk.created(t.http("POST", "/api/pairings", body)).text("token"));
  }

  /** Whoever asks for what it had is told that it is not there. */
  private static void told(Trial after, Had had, String place) throws Exception {
    Peer back = after.resume("bob", had.session(), "channel:room", place);
    Frame connected = back.next("connected");
    Check.equal("resumed", false, connected.fields().get("resumed"));
    Check.that("a session", !had.session().equals(connected.text("session_id")), connected);
    Check.that("room is not read", !connected.json().contains("channel:room"), connected);
    back.say("{'type':'attach','feed':'channel:room','from':{'after':'%s'}}", place);
    Frame attached = back.next("attached");
    Check.equal("recovered", false, attached.fields().get("recovered"));
    Check.that("a new life", String.valueOf(attached.text("position")).endsWith(":0"), attached);
    for (String feed : List.of(had.run(), had.call(), had.terminal())) {
      back.say("{'type':'attach','feed':'%s','from':'start'}", feed);
      back.error("not_found");
    }
    back.say("{'type':'cancel','request_id':'call'}");
    Check.equal("was_running", false, back.next("cancelled").fields().get("was_running"));
    back.nothing();
    back.close();
  }

  /** What is in the data folder is there, and nothing without. */
  private static void stored(Trial after, boolean kept, Had had, String token) throws Exception {
    int found = after.http("GET", "/api/milestones/" + had.milestone(), null).statusCode();
    Check.equal("milestone", kept ? 200 : 404, found);
    if (kept) {
      Peer works = after.connect("/api/milestones/" + had.milestone() + "/terminal");
      Shown cat = Shown.at(works);
      cat.type("'hello\\n'");
      cat.until("hello\r\nhello\r\n");
    }
    Frame pairings = after.json(after.http("GET", "/api/pairings", null));
    Check.equal("pairing", kept, pairings.json().contains("\"lamp\""));
    Peer lamp = after.connect("/ws/device");
    lamp.say("{'type':'connect','token':'%s'}", token);
    if (kept) {
      Check.equal("user", "dev-user", lamp.next("connected").text("user_id"));
      DeviceTalk.register(lamp, "lamp", "");
    } else {
      lamp.error("unauthorized");
      lamp.closed(4001);
    }
  }

  /** Ends the program that neither reads nor writes: nobody else does. */
  private static void end(Programs programs) throws Exception {
    String pid = programs.written("pid");
    if (!pid.isEmpty()) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(shell -> {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
          });
    }
  }
}
