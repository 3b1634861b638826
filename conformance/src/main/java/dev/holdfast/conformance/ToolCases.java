package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.DEV;
import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.TOKENS;

import dev.holdfast.client.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls of tools in their own dialect: TOL1 to TOL10. */
final class ToolCases {

  private ToolCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL1", "hello is answered, and what is none is turned away", TOKENS, ToolCases::hello),
        new Case(
            "TOL2",
            "a call is acknowledged, tells how far it is, and ends once",
            DEV,
            ToolCases::call),
        new Case("TOL3", "a streamed result comes in pieces, in order", OWN, ToolCases::stream),
        new Case("TOL4", "what can't be called is refused with a reason", OWN, ToolCases::refused),
        new Case("TOL5", "a slow call is in nobody's way", DEV, ToolCases::slow),
        new Case("TOL6", "cancelling stops the tool", OWN, ToolCases::cancel),
        new Case("TOL7", "a call outlives its connection", DEV, ToolCases::reconnect),
        new Case("TOL8", "the same request runs once", OWN, ToolCases::repeated),
        new Case("TOL9", "identical calls at once are one", OWN, ToolCases::together),
        new Case("TOL10", "nothing crosses from one user to another", OWN, ToolCases::apart));
  }

  private static void hello(Trial t) throws Exception {
    Ops ops = Ops.silent(t, "/ws/tools");
    ops.say("{'op':'hello','session_id':'my-own_1','token':'%s'}", t.token("ann"));
    Frame ack = ops.next("hello_ack");
    Check.equal("ok", true, ack.fields().get("ok"));
    Check.equal("session_id", "my-own_1", ack.text("session_id"));
    Check.that("timeouts", ack.fields().get("timeouts") instanceof Map<?, ?>, ack);
    for (String odd : List.of("ab", "with space", "x".repeat(65))) {
      Ops other = Ops.silent(t, "/");
      other.say("{'op':'hello','session_id':'%s','token':'%s'}", odd, t.token("ann"));
      String made = String.valueOf(other.next("hello_ack").text("session_id"));
      Check.that("another id", !made.equals(odd) && made.matches("[A-Za-z0-9_-]{3,64}"), made);
    }
    // Somebody else's session is not to be had by its name.
    Ops thief = Ops.silent(t, "/ws/tools");
    thief.say("{'op':'hello','session_id':'my-own_1','token':'%s'}", t.token("zoe"));
    Check.that(
        "another id", !"my-own_1".equals(thief.next("hello_ack").text("session_id")), "the same");
    away(t, "no json", "invalid_hello", 4000);
    away(t, "[]", "invalid_hello", 4000);
    away(t, "{'op':'hello','token':7}", "invalid_hello", 4000);
    away(t, "{'op':'list_tools'}", "missing_hello", 4001);
    away(t, "{'op':'nonsense'}", "missing_hello", 4001);
    away(t, "{'op':'call_tool','request_id':5}", "missing_hello", 4001);
    away(t, "{}", "missing_hello", 4001);
    away(t, "{'op':'hello'}", "unauthorized", 4003);
    away(t, "{'op':'hello','token':'wrong'}", "unauthorized", 4003);
    Ops binary = Ops.silent(t, "/ws/tools");
    binary.peer.wire().send(Wire.BINARY, new byte[] {1, 2, 3});
    Check.equal("error", "invalid_hello", binary.next("hello_ack").text("error"));
    binary.peer.closed(4000);
    Trial hurried = t.own(true, "tools.hello_timeout", "300ms");
    Ops late = Ops.silent(hurried, "/ws/tools");
    Check.equal("error", "hello_timeout", late.next("hello_ack").text("error"));
    late.peer.closed(4002);
    Trial shared = t.own(false, "tools.token", "a token that is shared");
    Ops guest = Ops.silent(shared, "/ws/tools");
    guest.say("{'op':'hello','token':'a token that is shared'}");
    Check.equal("ok", true, guest.next("hello_ack").fields().get("ok"));
    guest.say("{'op':'rotate_token','request_id':'r','old':'x','new':'y'}");
    Check.equal("ok", false, guest.next("rotate_token_res").fields().get("ok"));
    Ops admin = Ops.silent(shared, "/ws/tools");
    admin.say("{'op':'hello','token':'%s'}", shared.adminToken());
    admin.next("hello_ack");
    admin.say(
        "{'op':'rotate_token','old':'a token that is shared','new':'another that is shared'}");
    Check.equal("ok", true, admin.next("rotate_token_res").fields().get("ok"));
    away(shared, "{'op':'hello','token':'a token that is shared'}", "unauthorized", 4003);
  }

  private static void away(Trial t, String first, String error, int code) throws Exception {
    Ops ops = Ops.silent(t, "/ws/tools");
    ops.say(first);
    Frame ack = ops.next("hello_ack");
    Check.equal("ok", false, ack.fields().get("ok"));
    Check.equal("error", error, ack.text("error"));
    ops.peer.closed(code);
  }

  private static void call(Trial t) throws Exception {
    Ops ops = Ops.as(t, Trial.name("u"));
    ops.say("{'op':'list_tools','request_id':'l'}");
    Frame list = ops.next("list_tools_res");
    Check.equal("request_id", "l", list.text("request_id"));
    Check.that("schema", list.json().contains("\"inputSchema\":{\"type\":\"object\""), list);
    ops.call("a", "sleep", "{'seconds':1}");
    Frame ack = ops.next("call_tool_ack");
    Check.equal("request_id", "a", ack.text("request_id"));
    Check.equal("accepted", true, ack.fields().get("accepted"));
    Check.that("timeout_ms", ack.number("timeout_ms", 0) > 0, ack);
    Check.that("feed", String.valueOf(ack.text("call_feed")).startsWith("call:"), ack);
    long steps = 0;
    Frame frame = ops.peer.next();
    while ("progress".equals(frame.text("op"))) {
      Check.equal("request_id", "a", frame.text("request_id"));
      Check.that("in order", frame.number("step", 0) > steps, frame);
      steps = frame.number("step", 0);
      Check.equal("of", 10, frame.number("total_steps", 0));
      frame = ops.peer.next();
    }
    Check.that("progress", steps >= 5, steps);
    Check.equal("op", "call_tool_res", frame.text("op"));
    Check.equal("text", "slept for 1.0 s", Ops.text(frame));
    ops.nothing();
    ops.say("{'op':'tool_call','tool':'echo','arguments':{'text':'hi'}}");
    String made = String.valueOf(ops.next("call_tool_ack").text("request_id"));
    Check.equal("text", "hi", Ops.text(ops.result(made)));
    // The same over /ws, with types.
    Peer peer = t.as(Trial.name("u"));
    peer.say("{'type':'call_tool','id':'b','name':'echo','arguments':{'text':'there'}}");
    Check.equal("name", "echo", peer.next("call_ack").text("name"));
    Check.equal("request_id", "b", peer.next("result").text("request_id"));
    peer.say("{'type':'call_tool','id':'c','name':'nothing'}");
    peer.error("not_found");
    // And over HTTP.
    Frame answer = t.json(t.http("POST", "/api/tools/echo/call", "{'arguments':{'text':'you'}}"));
    Check.equal("text", "you", Ops.text(answer));
    Check.equal("status", 404, t.http("POST", "/api/tools/nothing/call", "{}").statusCode());
    Check.equal("status", 400, t.http("POST", "/api/tools/echo/call", "{}").statusCode());
  }

  private static void stream(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t = shared.own(true, "tools.providers", "[" + programs.provider("") + "]");
      streamed(Ops.as(t, "ann"));
    }
  }

  private static void streamed(Ops ops) throws Exception {
    ops.call("a", "chunks", "{}");
    ops.next("call_tool_ack");
    for (int i = 1; i <= 3; i++) {
      Frame chunk = ops.next("stream_chunk");
      Check.equal("chunk", "piece " + i, chunk.text("chunk"));
      Check.equal("seq", i, chunk.number("seq", 0));
    }
    Check.equal("text", "all", Ops.text(ops.next("call_tool_res")));
    Check.equal("request_id", "a", ops.next("stream_complete").text("request_id"));
    ops.nothing();
  }

  private static void refused(Trial shared) throws Exception {
    Trial t = shared.own(true, "tools.max_arguments", "1KiB");
    Ops ops = Ops.as(t, "ann");
    ops.call("a", "nothing", "{}");
    Ops.error(ops.result("a"), "TOOL_NOT_FOUND");
    for (String bad : List.of("{}", "{'text':7}", "[]", "7", "{'text':'a','text':'b'}")) {
      ops.call("b", "echo", bad);
      Ops.error(ops.result("b"), "VALIDATION_ERROR");
    }
    ops.call("c", "echo", "{'text':'" + "x".repeat(2_000) + "'}");
    Ops.error(ops.result("c"), "VALIDATION_ERROR");
    ops.say("{'op':'call_tool','request_id':'d'}");
    Ops.error(ops.next("error"), "INVALID_REQUEST");
    ops.say("{'op':'nonsense','request_id':'e'}");
    Ops.error(ops.next("error"), "INVALID_REQUEST");
    ops.peer.sayRaw("no json");
    Ops.error(ops.next("error"), "PROTOCOL_ERROR");
    ops.call("f", "echo_EXAI-WS", "{'text':'by its other name'}");
    Check.equal("text", "by its other name", Ops.text(ops.result("f")));
    // A frame of some megabytes is taken here.
    Trial large = shared.own(true);
    Ops roomy = Ops.as(large, "ann");
    roomy.call("g", "echo", "{'text':'" + "x".repeat(5_000_000) + "'}");
    Check.equal("length", 5_000_000, (long) Ops.text(roomy.result("g")).length());
  }

  private static void slow(Trial t) throws Exception {
    Ops ops = Ops.as(t, Trial.name("u"));
    ops.call("slow", "sleep", "{'seconds':60}");
    ops.next("call_tool_ack", "slow");
    long begun = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      ops.say("{'op':'ping','request_id':'p'}");
      ops.next("pong", "p");
      ops.call("e" + i, "echo", "{'text':'" + i + "'}");
      Check.equal("text", Integer.toString(i), Ops.text(ops.result("e" + i)));
    }
    Check.equal("breaker", "closed", ops.provider("sleeper").get("breaker"));
    ops.say("{'op':'cancel','request_id':'slow'}");
    Ops.error(ops.result("slow"), "CANCELLED");
    Check.that("soon", System.nanoTime() - begun < 30_000_000_000L, "it waited for the slow one");
  }

  private static void cancel(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t = shared.own(true, "tools.providers", "[" + programs.provider("") + "]");
      Ops ops = Ops.as(t, "ann");
      ops.call("a", "sticks", "{}");
      ops.next("call_tool_ack");
      Check.becomes("it works", () -> !programs.written("pid").isEmpty());
      long pid = Long.parseLong(programs.written("pid"));
      ops.say("{'op':'cancel','request_id':'a'}");
      Frame cancelled = null;
      Frame result = null;
      while (cancelled == null || result == null) {
        Frame frame = ops.peer.next();
        if ("cancelled".equals(frame.text("op"))) {
          cancelled = frame;
        } else if ("call_tool_res".equals(frame.text("op"))) {
          result = frame;
        }
      }
      Check.equal("was_running", true, cancelled.fields().get("was_running"));
      Ops.error(result, "CANCELLED");
      Check.becomes("it is gone", () -> Programs.gone(pid));
      ops.say("{'op':'cancel','request_id':'a'}");
      Check.equal("was_running", false, ops.next("cancelled").fields().get("was_running"));
      ops.say("{'op':'cancel','request_id':'never'}");
      Check.equal("was_running", false, ops.next("cancelled").fields().get("was_running"));
      Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
    }
  }

  private static void reconnect(Trial t) throws Exception {
    String user = Trial.name("u");
    Ops ops = Ops.as(t, user);
    ops.call("a", "sleep", "{'seconds':2}");
    String feed = String.valueOf(ops.next("call_tool_ack").text("call_feed"));
    ops.next("progress");
    Frame last = ops.next("progress");
    ops.peer.cut();
    Ops back = Ops.as(t, user);
    back.say("{'op':'attach_call','request_id':'x','call_feed':'%s'}", feed);
    Frame ack = back.next("attach_call_ack");
    Check.equal("recovered", true, ack.fields().get("recovered"));
    long offset = 0;
    int results = 0;
    while (results == 0) {
      Frame frame = back.peer.next();
      Check.equal("offset", offset + 1, frame.number("offset", 0));
      offset = frame.number("offset", 0);
      Check.equal("request_id", "a", frame.text("request_id"));
      results += "call_tool_res".equals(frame.text("op")) ? 1 : 0;
    }
    back.nothing();
    // From where the first connection was cut, after the end.
    String position = String.valueOf(ack.text("position"));
    String from = position.replaceFirst(":.*", ":" + last.number("offset", 0));
    Ops third = Ops.as(t, user);
    third.say("{'op':'attach_call','call_feed':'%s','from':{'after':'%s'}}", feed, from);
    third.next("attach_call_ack");
    Check.equal("offset", last.number("offset", 0) + 1, third.peer.next().number("offset", 0));
    third.next("call_tool_res", "a");
    third.nothing();
    third.say("{'op':'attach_call','request_id':'y','call_feed':'call:none'}");
    Ops.error(third.next("error"), "NOT_FOUND");
  }

  private static void repeated(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t = shared.own(true, "tools.providers", "[" + programs.provider("") + "]");
      Ops ops = Ops.as(t, "ann", ",'session_id':'one'");
      ops.call("a", "count", "{}");
      ops.next("call_tool_ack");
      ops.peer.cut();
      // The same session again, over another connection: the call goes on, and is not made twice.
      Ops back = Ops.as(t, "ann", ",'session_id':'one'");
      back.call("a", "count", "{}");
      Check.equal("duplicate", true, back.next("call_tool_ack").fields().get("duplicate"));
      Frame result = back.result("a");
      Check.equal("text", "1", Ops.text(result));
      back.call("a", "count", "{}");
      back.next("call_tool_ack");
      Frame again = back.result("a");
      Check.equal("text", "1", Ops.text(again));
      Check.equal("duplicate", true, again.fields().get("duplicate"));
      back.nothing();
    }
  }

  private static void together(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t =
          shared.own(
              true,
              "tools.providers",
              "[" + programs.provider("") + "]",
              "tools.max_per_session",
              "100");
      List<Ops> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Ops ops = Ops.as(t, "ann");
        // The order of members makes no difference.
        ops.call("a" + i, "count", i % 2 == 0 ? "{'y':2,'x':1}" : "{'x':1,'y':2}");
        all.add(ops);
      }
      for (int i = 0; i < 10; i++) {
        Check.equal("text", "1", Ops.text(all.get(i).result("a" + i)));
      }
      Ops one = all.getFirst();
      one.call("b", "count", "{'x':2}");
      Ops two = all.getLast();
      two.call("c", "count", "{'x':3}");
      String both = Ops.text(one.result("b")) + Ops.text(two.result("c"));
      Check.that("both were made", both.contains("3"), both);
      Check.equal("joined", 9.0, t.metric("holdfast_calls_joined_total"));
      // What failed is tried anew.
      one.call("d", "fails", "{}");
      Ops.error(one.result("d"), "TOOL_EXECUTION_ERROR");
      one.call("e", "fails", "{}");
      Ops.error(one.result("e"), "TOOL_EXECUTION_ERROR");
      Check.equal("executed", 5.0, t.metric("holdfast_calls_executed_total"));
    }
  }

  private static void apart(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t = shared.own(true, "tools.providers", "[" + programs.provider("") + "]");
      Ops ann = Ops.as(t, "ann", ",'session_id':'of-ann'");
      Ops zoe = Ops.as(t, "zoe");
      ann.call("a", "count", "{}");
      String feed = String.valueOf(ann.next("call_tool_ack").text("call_feed"));
      zoe.call("a", "count", "{}");
      // Everybody is an administrator in development mode but for what tokens say.
      String both = Ops.text(ann.result("a")) + Ops.text(zoe.result("a"));
      Check.equal("executed", 2.0, t.metric("holdfast_calls_executed_total"));
      Check.that("results", both.contains("2"), both);
      Trial strict = shared.own(false);
      Ops bob = Ops.admitted(strict, "bob");
      bob.call("s", "status", "{}");
      String his = String.valueOf(bob.next("call_tool_ack").text("call_feed"));
      bob.result("s");
      bob.say("{'op':'attach_call','call_feed':'%s'}", his);
      bob.next("attach_call_ack");
      bob.result("s");
      Ops eve = Ops.admitted(strict, "eve");
      eve.say("{'op':'attach_call','request_id':'x','call_feed':'%s'}", his);
      Ops.error(eve.next("error"), "NOT_FOUND");
      Check.that("feed", feed.startsWith("call:"), feed);
    }
  }
}
