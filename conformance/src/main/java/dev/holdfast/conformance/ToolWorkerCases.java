package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.UPSTREAM;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tools that workers and agents serve: TOL2, 4, 6, 9, 11, 13 and 15 once more. */
final class ToolWorkerCases {

  private static final String ADD =
      "'tools':[{'name':'add','description':'adds','max_calls':2,'inputSchema':{'type':'object',"
          + "'properties':{'a':{'type':'number'}},'required':['a']}}]";

  private ToolWorkerCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL2",
            "a worker is given calls, and what it reports is told",
            OWN,
            ToolWorkerCases::works),
        new Case(
            "TOL4", "a worker that offers no tools is told why", OWN, ToolWorkerCases::refused),
        new Case(
            "TOL6", "a worker is told of calls that are to stop", OWN, ToolWorkerCases::stopped),
        new Case(
            "TOL11", "workers share calls, each as many as it can", OWN, ToolWorkerCases::load),
        new Case(
            "TOL15",
            "a worker that is lost ends its calls, or another takes them over",
            OWN,
            ToolWorkerCases::lost),
        new Case(
            "TOL9",
            "an expert that many ask the same is asked once",
            UPSTREAM,
            ToolWorkerCases::expert));
  }

  private static boolean offered(Ops ops, String tool) throws IOException, InterruptedException {
    ops.say("{'op':'list_tools','request_id':'l'}");
    return ops.next("list_tools_res", "l").json().contains("\"name\":\"" + tool + "\"");
  }

  private static void works(Trial shared) throws Exception {
    Trial t = shared.own(false);
    Peer worker = Workers.serving(t, "w-1", ADD);
    Ops ann = Ops.admitted(t, "ann");
    Check.that("offered", offered(ann, "add"), "add is not in the list");
    ann.call("a", "add", "{'a':1}");
    Frame ack = ann.next("call_tool_ack", "a");
    Frame call = worker.next("call_assigned");
    Check.equal("name", "add", call.text("name"));
    Check.equal("arguments", Map.of("a", 1), call.fields().get("arguments"));
    Check.equal("user_id", "ann", call.text("user_id"));
    long left = call.number("timeout_ms", -1);
    Check.that("timeout_ms", left > 0 && left <= ack.number("timeout_ms", -1), call);
    Workers.report(worker, call, "[{'progress':1,'total':2,'message':'half'},{'chunk':'so '}]");
    Check.equal("message", "half", ann.next("progress", "a").text("message"));
    Check.equal("chunk", "so ", ann.next("stream_chunk", "a").text("chunk"));
    for (String bad : List.of("{}", "7", "[{'chunk':'x'},{'nonsense':1}]", "{'outputs':7}")) {
      Workers.report(worker, call, bad);
      worker.error("bad_request");
    }
    worker.say(
        "{'type':'report','id':'r','call_id':'%s','data':{'result':{'sum':2}}}",
        String.valueOf(call.text("call_id")));
    Check.equal("id", "r", worker.next("ack").text("id"));
    Check.equal("text", "{\"sum\":2}", Ops.text(ann.result("a")));
    Workers.report(worker, call, "{'chunk':'late'}");
    worker.error("conflict");
    // What does not fit the schema never reaches it.
    ann.call("b", "add", "{'a':'one'}");
    Ops.error(ann.result("b"), "VALIDATION_ERROR");
    ann.call("c", "add", "{'a':3}");
    Workers.report(
        worker, worker.next("call_assigned"), "{'error':{'code':'x','message':'no luck'}}");
    Map<?, ?> error = Ops.error(ann.result("c"), "TOOL_EXECUTION_ERROR");
    Check.equal("message", "no luck", error.get("message"));
    // Somebody else's call is not to be had by its id.
    Peer thief = Workers.serving(t, "w-2", "'tools':[{'name':'other'}]");
    ann.call("d", "add", "{'a':4}");
    Frame mine = worker.next("call_assigned");
    Workers.report(thief, mine, "{'result':'forged'}");
    thief.error("conflict");
    Workers.report(worker, mine, "{'outputs':[{'type':'text','text':'right'}]}");
    Check.equal("text", "right", Ops.text(ann.result("d")));
    // A worker may serve agents too, on the same feed.
    worker.say("{'type':'serve','id':'s2','agents':[{'agent_id':'w'}]}");
    worker.next("ack");
    Peer bob = t.as("bob");
    bob.say("{'type':'run','agent_id':'w','prompt':'x'}");
    Frame run = worker.next("run_assigned");
    worker.say(
        "{'type':'report','run_id':'%s','data':{'done':true}}", String.valueOf(run.text("run_id")));
    // And other tools in place of those.
    worker.say("{'type':'serve','tools':[{'name':'subtract'}]}");
    Check.becomes("replaced", () -> offered(ann, "subtract") && !offered(ann, "add"));
    worker.nothing();
  }

  private static void refused(Trial shared) throws Exception {
    Trial t =
        shared.own(
            false, "tools.providers", "[{\"id\":\"lab\",\"type\":\"remote\",\"prefix\":\"lab-\"}]");
    Peer nobody = t.as("ann");
    nobody.say("{'type':'serve','tools':[{'name':'x'}]}");
    nobody.error("forbidden");
    Peer worker = Workers.serving(t, "w-1", "'provider':'lab','tools':[{'name':'status'}]");
    Ops ann = Ops.admitted(t, "ann");
    Check.that("with its prefix", offered(ann, "lab-status"), "lab-status is not in the list");
    for (String bad :
        List.of(
            "{}",
            "[]",
            "[{}]",
            "[{'name':'a b'}]",
            "[{'name':'a','max_calls':0}]",
            "[{'name':'a','description':7}]",
            "[{'name':'a','idempotent':'yes'}]",
            "[{'name':'a','inputSchema':7}]",
            "[{'name':'a','inputSchema':{'type':'nonsense'}}]",
            "[{'name':'a','inputSchema':{'$ref':'http://127.0.0.1:1/schema'}}]",
            "[{'name':'a'},{'name':'a'}]")) {
      worker.say("{'type':'serve','tools':%s}", bad);
      worker.error("bad_request");
    }
    worker.say("{'type':'serve','provider':'unknown','tools':[{'name':'a'}]}");
    worker.error("bad_request");
    // A tool of the gateway's own.
    worker.say("{'type':'serve','tools':[{'name':'status'}]}");
    worker.error("conflict");
    Check.that("as it was", offered(ann, "lab-status"), "lab-status is not in the list");
    worker.nothing();
  }

  private static void stopped(Trial shared) throws Exception {
    Trial t = shared.own(false, "timeouts.tool", "1s");
    Peer worker = Workers.serving(t, "w-1", ADD);
    Ops ann = Ops.admitted(t, "ann");
    ann.call("a", "add", "{'a':1}");
    Frame call = worker.next("call_assigned");
    ann.say("{'op':'cancel','request_id':'a'}");
    Ops.error(ann.result("a"), "CANCELLED");
    Check.equal("call", call.text("call_id"), worker.next("call_cancelled").text("call_id"));
    Workers.report(worker, call, "{'result':'still here'}");
    worker.error("conflict");
    ann.call("b", "add", "{'a':1}");
    worker.next("call_assigned");
    Ops.error(ann.result("b"), "TIMEOUT");
    worker.next("call_cancelled");
    Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
    worker.nothing();
  }

  private static void load(Trial shared) throws Exception {
    Trial t = shared.own(false, "workers.patience", "200ms");
    Peer one = Workers.serving(t, "w-1", ADD.replace("'max_calls':2", "'max_calls':1"));
    Peer two = Workers.serving(t, "w-2", ADD);
    Ops ann = Ops.admitted(t, "ann");
    for (int i = 0; i < 3; i++) {
      ann.call("a" + i, "add", "{'a':" + i + "}");
      ann.next("call_tool_ack", "a" + i);
    }
    Frame first = one.next("call_assigned");
    two.next("call_assigned");
    two.next("call_assigned");
    ann.call("b", "add", "{'a':9}");
    Ops.error(ann.result("b"), "SERVICE_UNAVAILABLE");
    Workers.report(one, first, "{'result':'done'}");
    Frame done = ann.next("call_tool_res", "a" + first.json().replaceAll(".*\"a\":(\\d).*", "$1"));
    Check.equal("text", "done", Ops.text(done));
    ann.call("c", "add", "{'a':9}");
    one.next("call_assigned");
    two.nothing();
  }

  private static void lost(Trial shared) throws Exception {
    Trial t =
        shared.own(
            false,
            "workers.lease",
            "500ms",
            "tools.providers",
            "[{\"id\":\"workers\",\"type\":\"remote\",\"retry_delay\":\"10ms\"}]");
    String plain = "'tools':[{'name':'plain','max_calls':1}]";
    String again = "'tools':[{'name':'again','max_calls':1,'idempotent':true}]";
    Ops ann = Ops.admitted(t, "ann");
    Peer only = Workers.serving(t, "w-1", plain);
    ann.call("a", "plain", "{}");
    only.next("call_assigned");
    only.cut();
    Map<?, ?> error = Ops.error(ann.result("a"), "PROVIDER_ERROR");
    Check.equal("message", "the tool's worker was lost", error.get("message"));
    Check.becomes("its tools go with it", () -> !offered(ann, "plain"));

    Peer first = Workers.serving(t, "w-2", again);
    ann.call("b", "again", "{}");
    first.next("call_assigned");
    Peer second = Workers.serving(t, "w-3", again);
    first.cut();
    Workers.report(second, second.next("call_assigned"), "{'result':'by the other'}");
    Check.equal("text", "by the other", Ops.text(ann.result("b")));
    second.close();
    Check.becomes("no worker is left", () -> t.metric("holdfast_workers") == 0);

    // Who is back in time goes on.
    Peer away = t.connect("/ws");
    String session = String.valueOf(Workers.admitted(t, away, "w-4", "").text("session_id"));
    away.say("{'type':'serve','id':'s',%s}", plain);
    away.next("ack");
    ann.call("c", "plain", "{}");
    Frame call = away.next("call_assigned");
    away.cut();
    Peer back = t.connect("/ws");
    Frame connected = Workers.admitted(t, back, "w-4", ",'session_id':'" + session + "'");
    Check.equal("resumed", true, connected.fields().get("resumed"));
    Workers.report(back, call, "{'result':'after all'}");
    Check.equal("text", "after all", Ops.text(ann.result("c")));
    Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
  }

  /** An agent over a model as a tool: many ask the same, and the model is asked once. */
  private static void expert(Trial shared) throws Exception {
    try (Upstream upstream = Upstream.start()) {
      Trial t =
          shared.own(
              true,
              "agents.list",
              "[{id: expert, type: model, url: \"%s\", model: gpt-4o, retries: 0}]"
                  .formatted(upstream.url()),
              "tools.providers",
              "[{id: experts, type: agent, tools: [{name: validate, agent: expert, shared: true,"
                  + " cache: 1s, prompt: \"Is it right? {claim}\","
                  + " schema: {type: object, properties: {claim: {type: string}},"
                  + " required: [claim]}}]}]");
      int each = 20;
      List<Ops> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(Ops.as(t, "user-" + i));
      }
      for (Ops ops : all) {
        for (int i = 0; i < each; i++) {
          ops.call("a" + i, "validate", "{'claim':'form of the earth'}");
        }
      }
      for (Ops ops : all) {
        int answered = 0;
        while (answered < each) {
          Frame frame = ops.peer.next();
          if ("call_tool_res".equals(frame.text("op"))) {
            Check.equal("text", "{\"city\":\"Oslo\",\"rain\":true}", Ops.text(frame));
            answered++;
          }
        }
      }
      Check.equal("asked", 1, runs(t));
      Ops ann = all.getFirst();
      ann.call("b", "validate", "{'claim':'something else'}");
      Check.that("answered", Ops.text(ann.result("b")).startsWith("Hello there"), "another");
      Check.equal("asked", 2, runs(t));
      // A failure does not stand.
      for (String id : List.of("c", "d")) {
        ann.call(id, "validate", "{'claim':'fault'}");
        String message = String.valueOf(Ops.error(ann.result(id), "PROVIDER_ERROR").get("message"));
        Check.that("nothing of the upstream's", !message.contains("secret"), message);
      }
      Check.equal("asked", 4, runs(t));
      // Nor does an answer for ever.
      Check.becomes(
          "asked once more",
          () -> {
            String id = Trial.name("e");
            ann.call(id, "validate", "{'claim':'form of the earth'}");
            ann.result(id);
            return runs(t) == 5;
          });
      // Who stops waiting stops the model, where nobody else waits.
      ann.call("f", "validate", "{'claim':'long story'}");
      ann.next("stream_chunk", "f");
      ann.say("{'op':'cancel','request_id':'f'}");
      Ops.error(ann.result("f"), "CANCELLED");
      Check.becomes("its connection is closed", () -> t.metric("holdfast_runs") == 0);
    }
  }

  /** Runs that have been begun, whoever began them. */
  private static long runs(Trial t) throws IOException, InterruptedException {
    return t.json(t.http("GET", "/api/runs", null)).number("total", -1);
  }
}
