package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.DEV;

import dev.holdfast.client.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Agents and their runs, by the agents that development mode offers: AGT1 to AGT7, 10, 13, 14. */
final class AgentCases {

  private AgentCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "AGT1",
            "tokens come in order, then done, and joined they are the text",
            DEV,
            AgentCases::stream),
        new Case("AGT2", "an unknown agent is the first thing said", DEV, AgentCases::unknown),
        new Case(
            "AGT3",
            "an action goes on to complete; a wrong one is the first thing said",
            DEV,
            AgentCases::action),
        new Case(
            "AGT4", "cancelling stops the work; disconnecting does not", DEV, AgentCases::cancel),
        new Case(
            "AGT5", "status, log and result come as the agent says them", DEV, AgentCases::updates),
        new Case(
            "AGT6",
            "a run followed over cuts gives every token once, in order",
            DEV,
            AgentCases::cuts),
        new Case(
            "AGT7",
            "two followers see the same; a late one sees all of it",
            DEV,
            AgentCases::followers),
        new Case(
            "AGT10",
            "an approval that is asked is given over another connection",
            DEV,
            AgentCases::approval),
        new Case(
            "AGT13",
            "runs over the quota are refused, and there is room after a cancel",
            DEV,
            AgentCases::quota),
        new Case(
            "AGT14",
            "a run begun over HTTP is followed over WebSocket",
            DEV,
            AgentCases::overHttp));
  }

  private static String words(int count) {
    StringBuilder words = new StringBuilder("w0");
    for (int i = 1; i < count; i++) {
      words.append(" w").append(i);
    }
    return words.toString();
  }

  /** Joins the tokens of a run up to its end. */
  private static String joined(Peer peer) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    long index = 0;
    while (true) {
      Frame frame = peer.next();
      if (frame.type().equals("token")) {
        // Of a run that has ended, one event says what many said.
        index += frame.number("span", 1);
        Check.equal("index", index, frame.number("index", -1));
        text.append(frame.text("text"));
      } else if (frame.type().equals("done")) {
        Check.equal("text", text.toString(), frame.text("text"));
        return text.toString();
      } else {
        Check.equal("type", "started", frame.type());
      }
    }
  }

  private static void stream(Trial t) throws Exception {
    Peer peer = t.connect("/ws/agent/stream");
    peer.say("{'agent_id':'test-agent','prompt':'%s'}", words(20));
    Frame started = peer.next("started");
    Check.equal("agent_id", "test-agent", started.text("agent_id"));
    Check.equal("text", words(20), joined(peer));
    peer.nothing();
    peer.say("{'agent_id':'echo','prompt':'a second one'}");
    Check.equal("text", "a second one", joined(peer));
  }

  private static void unknown(Trial t) throws Exception {
    Peer peer = t.connect("/ws/agent/stream");
    peer.say("{'agent_id':'nobody','prompt':'hi'}");
    String message = String.valueOf(peer.error("not_found").text("message"));
    Check.that("message", message.contains("nobody"), message);
    for (String bad :
        List.of(
            "{'agent_id':'echo'}",
            "{'prompt':'hi'}",
            "{'agent_id':7,'prompt':'hi'}",
            "{'agent_id':'echo','prompt':1}",
            "{'agent_id':'echo','prompt':'x','deadline_ms':0}")) {
      peer.say(bad);
      peer.error("bad_request");
    }
    peer.nothing();
  }

  private static void action(Trial t) throws Exception {
    Peer peer = t.connect("/ws/agent/execute");
    peer.say("{'agent_id':'test-agent','action':'nonsense'}");
    peer.error("bad_request");
    peer.say("{'agent_id':'test-agent','action':'test_action','params':{'a':[1]}}");
    long last = -1;
    Frame frame = peer.next();
    while (!frame.type().equals("complete")) {
      if (frame.type().equals("progress")) {
        Check.that("progress grows", frame.number("progress", -1) > last, frame);
        last = frame.number("progress", -1);
        Check.equal("total_steps", 3, frame.number("total_steps", -1));
      }
      frame = peer.next();
    }
    Check.equal("progress", 100, last);
    Check.equal("result", Map.of("echo", Map.of("a", List.of(1))), frame.fields().get("result"));
    peer.say("{'agent_id':'test-agent','action':'fail'}");
    while (!frame.type().equals("error")) {
      frame = peer.next();
    }
    Check.equal("code", "upstream_error", frame.text("code"));
    Check.equal("final", true, frame.fields().get("final"));
    Check.that("an event of its run", frame.text("feed") != null, frame);
    peer.nothing();
  }

  private static void cancel(Trial t) throws Exception {
    double before = t.metric("holdfast_runs");
    String user = Trial.name("ann");
    Peer peer = t.as(user);
    peer.say("{'type':'run','id':'r','agent_id':'test-agent','prompt':'%s'}", words(5_000));
    Frame ack = peer.next("ack");
    String run = String.valueOf(ack.text("run_id"));
    peer.next("started");
    peer.next("token");
    peer.cut();
    Check.equal("still at work", before + 1, t.metric("holdfast_runs"));
    Peer other = t.as(user);
    other.say("{'type':'cancel','id':'c','run_id':'%s'}", run);
    Check.equal("run_id", run, other.next("ack").text("run_id"));
    Check.becomes("the work has stopped", () -> t.metric("holdfast_runs") == before);
    other.say("{'type':'attach','feed':'run:%s','from':'start'}", run);
    Frame frame = other.next("attached");
    while (!frame.type().equals("cancelled")) {
      frame = other.next();
    }
    other.say("{'type':'cancel','run_id':'%s'}", run);
    other.error("conflict");
    other.say("{'type':'cancel','run_id':'nobody'}");
    other.error("not_found");
  }

  private static void updates(Trial t) throws Exception {
    Peer peer = t.connect("/ws/agent/execute");
    peer.say("{'agent_id':'test-agent','action':'test_action'}");
    List<String> types = new ArrayList<>();
    Frame frame = peer.next();
    while (!frame.type().equals("complete")) {
      types.add(frame.type());
      Check.that("run_id", frame.text("run_id") != null, frame);
      frame = peer.next();
    }
    Check.equal(
        "types",
        List.of(
            "started", "status", "log", "progress", "log", "progress", "log", "progress", "result"),
        types);
  }

  private static void cuts(Trial t) throws Exception {
    String user = Trial.name("ann");
    String prompt = words(2_000);
    Peer peer = t.connect("/ws");
    t.hello(peer, user, "");
    String session = String.valueOf(peer.next("connected").text("session_id"));
    peer.say("{'type':'run','id':'r','agent_id':'echo','prompt':'%s'}", prompt);
    String feed = String.valueOf(peer.next("ack").text("feed"));
    peer.say("{'type':'attach','feed':'%s'}", feed);
    StringBuilder text = new StringBuilder();
    String epoch = "";
    long index = 0;
    long seen = 0;
    int cuts = 0;
    while (true) {
      Frame frame = peer.next();
      seen = frame.number("offset", seen);
      if (frame.type().equals("attached")) {
        String position = Objects.requireNonNull(frame.text("position"));
        epoch = position.substring(0, position.indexOf(':'));
      } else if (frame.type().equals("token")) {
        index += frame.number("span", 1);
        Check.equal("index", index, frame.number("index", -1));
        text.append(frame.text("text"));
        if (index / 95 > cuts && !epoch.isEmpty()) {
          cuts++;
          peer.cut();
          peer = t.resume(user, session, feed, epoch + ":" + seen);
          Check.equal("resumed", true, peer.next("connected").fields().get("resumed"));
        }
      } else if (frame.type().equals("done")) {
        Check.equal("text", prompt, frame.text("text"));
        break;
      }
    }
    Check.equal("joined", prompt, text.toString());
    Check.that("cuts", cuts >= 20, cuts);
  }

  private static void followers(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer one = t.as(user);
    one.say("{'type':'run','id':'r','agent_id':'echo','prompt':'%s'}", words(100));
    String feed = String.valueOf(one.next("ack").text("feed"));
    Peer two = t.as(user);
    two.say("{'type':'attach','feed':'%s','from':'start'}", feed);
    two.next("attached");
    Check.equal("text", words(100), joined(one));
    Check.equal("text", words(100), joined(two));
    Peer late = t.as(user);
    late.say("{'type':'attach','feed':'%s','from':'start'}", feed);
    Check.equal("recovered", true, late.next("attached").fields().get("recovered"));
    Check.equal("text", words(100), joined(late));
    late.nothing();
  }

  private static void approval(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer one = t.as(user);
    Peer two = t.as(user);
    for (String decision : List.of("approve", "reject")) {
      one.say("{'type':'run','id':'%s','agent_id':'echo','action':'approve'}", decision);
      String run = String.valueOf(one.next("ack").text("run_id"));
      one.next("started");
      Frame asked = one.next("approval_request");
      Check.equal("default", "reject", asked.text("default"));
      two.say(
          "{'type':'approve','id':'d%s','run_id':'%s','approval_id':'%s','decision':'%s'}",
          decision, run, String.valueOf(asked.text("approval_id")), decision);
      two.next("ack");
      Check.equal("by", user, one.next("approval").text("by"));
      one.next("result");
      Check.equal(
          "result", Map.of("decision", decision), one.next("complete").fields().get("result"));
      two.say(
          "{'type':'approve','run_id':'%s','approval_id':'%s'}",
          run, String.valueOf(asked.text("approval_id")));
      two.error("conflict");
    }
    one.say("{'type':'run','agent_id':'echo','action':'approve','params':{'within_ms':50}}");
    one.next("started");
    one.next("approval_request");
    Frame expired = one.next("approval");
    Check.equal("by default", "reject", expired.text("decision"));
    Check.equal("by nobody", null, expired.text("by"));
    one.next("result");
    one.next("complete");
    one.say("{'type':'run','id':'w','agent_id':'echo','action':'wait'}");
    String run = String.valueOf(one.next("ack").text("run_id"));
    one.next("started");
    two.say("{'type':'input','id':'i','run_id':'%s','content':{'go':true}}", run);
    two.next("ack");
    one.next("result");
    Check.equal(
        "heard", Map.of("heard", Map.of("go", true)), one.next("complete").fields().get("result"));
  }

  private static void quota(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer peer = t.as(user);
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      peer.say("{'type':'run','id':'%d','agent_id':'echo','action':'wait'}", i);
      runs.add(String.valueOf(peer.next("ack").text("run_id")));
      peer.next("started");
    }
    peer.say("{'type':'run','id':'too many','agent_id':'echo','action':'wait'}");
    Check.that("retry", peer.error("over_capacity").number("retry_after_ms", 0) > 0, peer);
    Peer other = t.as(Trial.name("bob"));
    other.say("{'type':'run','id':'1','agent_id':'echo','prompt':'hi'}");
    other.next("ack");
    Check.equal("text", "hi", joined(other));
    for (String run : runs) {
      peer.say("{'type':'cancel','run_id':'%s'}", run);
      peer.next("cancelled");
    }
    Check.becomes(
        "room again",
        () -> {
          peer.say("{'type':'run','agent_id':'echo','prompt':'again'}");
          Frame frame = peer.next();
          if (frame.type().equals("error")) {
            return false;
          }
          return joined(peer).equals("again");
        });
  }

  private static void overHttp(Trial t) throws Exception {
    Frame offers = t.json(t.http("GET", "/api/agents", null));
    Check.that("agents", offers.json().contains("\"agent_id\":\"test-agent\""), offers);
    Frame begun =
        t.json(t.http("POST", "/api/runs", "{'agent_id':'test-agent','prompt':'over and out'}"));
    Peer peer = t.as("dev-user");
    peer.say("{'type':'attach','feed':'%s','from':'start'}", String.valueOf(begun.text("feed")));
    peer.next("attached");
    Check.equal("text", "over and out", joined(peer));
    String path = "/api/runs/" + begun.text("run_id");
    Frame shown = t.json(t.http("GET", path, null));
    Check.equal("state", "done", shown.text("state"));
    Check.equal("text", "over and out", shown.text("text"));
    Check.equal("ended", 409, t.http("POST", path + "/cancel", "{}").statusCode());
    Check.equal("unknown", 404, t.http("GET", "/api/runs/nobody", null).statusCode());
    Check.equal(
        "unknown agent",
        404,
        t.http("POST", "/api/runs", "{'agent_id':'nobody','prompt':'x'}").statusCode());
  }
}
