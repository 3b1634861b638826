package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.util.List;
import java.util.Map;

/** Results that stand for later calls, and whose they are: TOL9 and TOL10 once more. */
final class ToolResultCases {

  private ToolResultCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL9",
            "a result stands for as long as its tool is as it was",
            OWN,
            ToolResultCases::editions),
        new Case("TOL9", "results take no more room than they may", OWN, ToolResultCases::bounded),
        new Case(
            "TOL10",
            "an agent as a tool runs in the name and with the roles of whoever calls",
            OWN,
            ToolResultCases::agents));
  }

  private static void editions(Trial shared) throws Exception {
    Trial t =
        shared.own(
            false,
            "tools.providers",
            "[{id: lab, type: remote, tools: [{name: look, cache: 1h}]}]");
    String look = "'provider':'lab','tools':[{'name':'look','description':'as of %s'}]";
    Peer worker = Workers.serving(t, "w-1", look.formatted("May"));
    Ops ann = Ops.admitted(t, "ann");
    asked(ann, worker, "first");
    stands(ann, worker, "first");
    // The same said again is the same tool.
    serve(worker, look.formatted("May"));
    stands(ann, worker, "first");
    serve(worker, look.formatted("June"));
    asked(ann, worker, "second");
    stands(ann, worker, "second");
    // Nor does the result come back with the description.
    serve(worker, look.formatted("May"));
    asked(ann, worker, "third");
    // Another schema is another tool too, though the arguments fit both.
    serve(worker, look.formatted("May").replace("}]", ",'inputSchema':{'required':['a']}}]"));
    asked(ann, worker, "fourth");
    stands(ann, worker, "fourth");
    Check.equal("cached", 4.0, t.metric("holdfast_calls_cached_total"));
  }

  private static void serve(Peer worker, String what) throws Exception {
    // A command with an id that was there before would not be obeyed.
    worker.say("{'type':'serve','id':'%s',%s}", Trial.name("s"), what);
    worker.next("ack");
  }

  /** The worker is asked, and answers so. */
  private static void asked(Ops ops, Peer worker, String answer) throws Exception {
    ops.call(answer, "look", "{'a':1}");
    Workers.report(worker, worker.next("call_assigned"), "{'result':'" + answer + "'}");
    Frame result = ops.result(answer);
    Check.equal("cached", null, result.fields().get("cached"));
    Check.equal("text", answer, Ops.text(result));
  }

  /** The worker is not asked, and what it said last is the answer. */
  private static void stands(Ops ops, Peer worker, String answer) throws Exception {
    String id = Trial.name("s");
    ops.call(id, "look", "{'a':1}");
    Frame result = ops.result(id);
    Check.equal("cached", true, result.fields().get("cached"));
    Check.equal("text", answer, Ops.text(result));
    worker.nothing();
  }

  private static void bounded(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      programs.script(
          "large",
          "cat > /dev/null\nprintf '{\"result\":\"%s\"}' $(head -c 8192 /dev/zero | tr '\\0' x)");
      String provider =
          programs
              .provider("")
              .replace("\"name\":\"large\",", "\"name\":\"large\",\"cache\":\"1h\",");
      Trial t = shared.own(true, "tools.cache", "64KiB", "tools.providers", "[" + provider + "]");
      Ops ann = Ops.as(t, "ann");
      Check.equal("of the first time", 0, standing(ann));
      // Of what is asked for again, no more than there is room for can have been kept; old results
      // go a moment after new ones have come.
      Check.becomes("no more stand than 64 KiB hold", () -> standing(ann) < 8);
      Check.becomes("what is asked for often stands", () -> large(ann, 0));
      Check.equal(
          "requested",
          t.metric("holdfast_calls_requested_total"),
          t.metric("holdfast_calls_executed_total") + t.metric("holdfast_calls_cached_total"));
    }
  }

  /** Asks for 24 results of 8 KiB, one after the other; how many of them stood. */
  private static int standing(Ops ops) throws Exception {
    int standing = 0;
    for (int i = 0; i < 24; i++) {
      standing += large(ops, i) ? 1 : 0;
    }
    return standing;
  }

  /** Asks for one; whether it stood. */
  private static boolean large(Ops ops, int number) throws Exception {
    String id = Trial.name("r");
    ops.call(id, "large", "{'n':" + number + "}");
    Frame result = ops.result(id);
    Check.equal("size", 8_192, Ops.text(result).length());
    return Boolean.TRUE.equals(result.fields().get("cached"));
  }

  private static void agents(Trial shared) throws Exception {
    String schema = "schema: {type: object, properties: {what: {type: string}}}";
    Trial t =
        shared.own(
            false,
            "agents.list",
            "[{id: guarded, type: echo, roles: [expert], pause: 150ms}]",
            "tools.providers",
            "[{id: experts, type: agent, tools: [{name: ask, agent: guarded, prompt: \"say"
                + " {what}\", "
                + schema
                + "}, {name: act, agent: guarded, action: test_action, "
                + schema
                + "}, {name: told, agent: guarded, prompt: \"all {what}\", shared: true, cache: 1h,"
                + " "
                + schema
                + "}]}]");
    Ops ann = Ops.admitted(t, "ann", "expert");
    ann.call("a", "act", "{'what':'this'}");
    ann.next("call_tool_ack", "a");
    for (int step = 1; step <= 3; step++) {
      Frame progress = ann.next("progress");
      Check.equal("message", "step " + step, progress.text("message"));
      Check.equal("step", 100 * step / 3, progress.number("step", -1));
      Check.equal("of", 100, progress.number("total_steps", -1));
    }
    Check.equal("text", "{\"echo\":{\"what\":\"this\"}}", Ops.text(ann.next("call_tool_res")));
    ann.call("b", "ask", "{'what':'it twice'}");
    StringBuilder told = new StringBuilder();
    ann.next("call_tool_ack", "b");
    for (int word = 1; word <= 3; word++) {
      told.append(ann.next("stream_chunk").text("chunk"));
    }
    Check.equal("chunks", "say it twice", told.toString());
    Check.equal("text", "say it twice", Ops.text(ann.next("call_tool_res")));
    ann.next("stream_complete");
    // To whoever may not run it, the agent is not there.
    Ops zoe = Ops.admitted(t, "zoe", "novice");
    for (String tool : List.of("ask", "act")) {
      zoe.call(tool, tool, "{'what':'it'}");
      Map<?, ?> error = Ops.error(zoe.result(tool), "TOOL_EXECUTION_ERROR");
      Check.equal("message", "agent_id: there is no agent 'guarded'", error.get("message"));
    }
    // What is shared is for whoever may call the tool; only what has to be run is not.
    ann.call("d", "told", "{'what':'of it'}");
    Check.equal("text", "all of it", Ops.text(ann.result("d")));
    zoe.call("e", "told", "{'what':'of it'}");
    Frame served = zoe.result("e");
    Check.equal("text", "all of it", Ops.text(served));
    Check.equal("cached", true, served.fields().get("cached"));
    zoe.call("f", "told", "{'what':'else'}");
    Ops.error(zoe.result("f"), "TOOL_EXECUTION_ERROR");
    ann.call("c", "ask", "{'what':'" + "word ".repeat(200) + "'}");
    ann.next("stream_chunk", "c");
    // Three that are over and one that is not; hers they are.
    Check.equal("ann's runs", 4, runs(t, "ann"));
    Check.equal("zoe's runs", 0, runs(t, "zoe"));
    ann.say("{'op':'cancel','request_id':'c'}");
    Ops.error(ann.result("c"), "CANCELLED");
    Check.becomes("the run has stopped", () -> t.metric("holdfast_runs") == 0);
  }

  private static long runs(Trial t, String user) throws Exception {
    return t.json(t.get("/api/runs", t.token(user, ""))).number("total", -1);
  }
}
