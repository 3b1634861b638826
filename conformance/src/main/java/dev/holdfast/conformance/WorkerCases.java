package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Workers that do runs from outside: AGT1, 4, 8, 10 and 13 once more. */
final class WorkerCases {

  private WorkerCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "AGT1",
            "a worker is given runs, and what it reports is streamed",
            OWN,
            WorkerCases::works),
        new Case(
            "AGT4", "a worker is told of a cancel, and heard no more", OWN, WorkerCases::cancelled),
        new Case(
            "AGT8",
            "a worker that is lost ends its run, or another takes it over",
            OWN,
            WorkerCases::lost),
        new Case(
            "AGT10",
            "a worker asks for an approval and hears what users say",
            OWN,
            WorkerCases::asks),
        new Case(
            "AGT13",
            "a session starts more runs, one after the other, than it may follow at once",
            OWN,
            WorkerCases::many),
        new Case(
            "AGT13", "workers share the load, each as much as it can", OWN, WorkerCases::load));
  }

  /** A worker that serves an agent {@code w}, with further fields of it. */
  private static Peer worker(Trial t, String user, String more)
      throws IOException, InterruptedException {
    return Workers.serving(t, user, "'agents':[{'agent_id':'w'" + more + "}]");
  }

  private static void works(Trial shared) throws Exception {
    Trial t = shared.own(false);
    Peer worker = worker(t, "w-1", ",'actions':['act'],'description':'works'");
    Peer ann = t.as("ann");
    ann.say("{'type':'serve','agents':[{'agent_id':'x'}]}");
    ann.error("forbidden");
    ann.say("{'type':'attach','feed':'%s'}", "worker:nobody");
    ann.error("not_found");
    Peer mute = t.connect("/ws");
    mute.say("{'type':'connect','token':'%s'}", t.token("bob", "'channels':['*']"));
    mute.next("connected");
    mute.say("{'type':'run','agent_id':'w','prompt':'x','publish_to':'room'}");
    mute.error("forbidden");
    ann.say(
        "{'type':'run','id':'r','agent_id':'w','prompt':'do"
            + " it','conversation_id':'c','deadline_ms':60000}");
    ann.next("ack");
    ann.next("started");
    Frame run = worker.next("run_assigned");
    Check.equal("prompt", "do it", run.text("prompt"));
    Check.equal("user", "ann", run.text("user_id"));
    Check.equal("conversation", "c", run.text("conversation_id"));
    Check.equal("attempt", 1, run.number("attempt", -1));
    Workers.report(worker, run, "{'token':'one '}");
    Workers.report(
        worker,
        run,
        "[{'token':'two'},{'progress':50,'message':'half'},{'usage':{'tokens_in':3,"
            + "'tokens_out':4}}]");
    Check.equal("token", "one ", ann.next("token").text("text"));
    Check.equal("token", "two", ann.next("token").text("text"));
    Check.equal("progress", 50, ann.next("progress").number("progress", -1));
    worker.say(
        "{'type':'report','id':'bad','run_id':'%s','data':{'x':1}}",
        String.valueOf(run.text("run_id")));
    worker.error("bad_request");
    Workers.report(worker, run, "{'done':true}");
    Frame done = ann.next("done");
    Check.equal("text", "one two", done.text("text"));
    Check.that("usage", done.json().contains("\"tokens_in\":3,\"tokens_out\":4"), done);
    Workers.report(worker, run, "{'token':'late'}");
    worker.error("conflict");

    ann.say("{'type':'run','agent_id':'w','action':'act','params':{'x':[1]}}");
    Frame action = worker.next("run_assigned");
    Check.equal("params", Map.of("x", List.of(1)), action.fields().get("params"));
    Workers.report(worker, action, "[{'result':{'y':2}},{'done':true}]");
    ann.next("started");
    ann.next("result");
    Check.equal("result", Map.of("y", 2), ann.next("complete").fields().get("result"));

    ann.say("{'type':'run','agent_id':'w','prompt':'fail'}");
    ann.next("started");
    Workers.report(
        worker,
        worker.next("run_assigned"),
        "{'error':{'code':'unavailable','message':'no luck','retryable':true}}");
    Frame error = ann.next("error");
    Check.equal("message", "no luck", error.text("message"));
    Check.equal("retryable", true, error.fields().get("retryable"));
    for (String bad :
        List.of(
            "{}",
            "[]",
            "[{}]",
            "[{'agent_id':'a b'}]",
            "[{'agent_id':'a','max_runs':0}]",
            "[{'agent_id':'a','actions':'x'}]",
            "[{'agent_id':'a','roles':[1]}]")) {
      worker.say("{'type':'serve','agents':%s}", bad);
      worker.error("bad_request");
    }
    worker.nothing();
    ann.nothing();
  }

  private static void cancelled(Trial shared) throws Exception {
    Trial t = shared.own(false);
    Peer worker = worker(t, "w-1", "");
    Peer ann = t.as("ann");
    ann.say("{'type':'run','id':'r','agent_id':'w','prompt':'x'}");
    String id = String.valueOf(ann.next("ack").text("run_id"));
    ann.next("started");
    Frame run = worker.next("run_assigned");
    ann.say("{'type':'cancel','run_id':'%s'}", id);
    ann.next("cancelled");
    Check.equal("run", id, worker.next("run_cancelled").text("run_id"));
    Workers.report(worker, run, "{'token':'still here'}");
    worker.error("conflict");
    ann.say("{'type':'run','agent_id':'w','prompt':'x','deadline_ms':50}");
    ann.next("started");
    worker.next("run_assigned");
    Check.equal("code", "timeout", ann.next("error").text("code"));
    worker.next("run_cancelled");
    Check.becomes("no run is left", () -> t.metric("holdfast_runs") == 0);
  }

  private static void lost(Trial shared) throws Exception {
    Trial t = shared.own(false, "workers.lease", "500ms", "workers.patience", "2s");
    Peer first = worker(t, "w-1", ",'restartable':true,'max_runs':1");
    Peer ann = t.as("ann");
    ann.say("{'type':'run','agent_id':'w','prompt':'go on'}");
    ann.next("started");
    Frame run = first.next("run_assigned");
    Workers.report(first, run, "{'token':'half an ans'}");
    ann.next("token");
    Peer second = worker(t, "w-2", ",'restartable':true,'max_runs':1");
    first.cut();
    Check.equal("attempt", 2, ann.next("restarted").number("attempt", -1));
    Frame again = second.next("run_assigned");
    Check.equal("same run", run.text("run_id"), again.text("run_id"));
    Check.equal("attempt", 2, again.number("attempt", -1));
    Workers.report(second, again, "[{'token':'all of it'},{'done':true}]");
    Frame token = ann.next("token");
    Check.equal("index", 1, token.number("index", -1));
    Check.equal("text", "all of it", ann.next("done").text("text"));

    ann.say("{'type':'run','agent_id':'w','prompt':'again'}");
    ann.next("started");
    second.next("run_assigned");
    second.cut();
    ann.next("restarted");
    Frame error = ann.next("error");
    Check.equal("code", "unavailable", error.text("code"));
    ann.say("{'type':'run','agent_id':'w','prompt':'x'}");
    ann.error("not_found");

    Peer plain = worker(t, "w-3", "");
    ann.say("{'type':'run','agent_id':'w','prompt':'x'}");
    ann.next("started");
    plain.next("run_assigned");
    plain.cut();
    error = ann.next("error");
    Check.equal("code", "upstream_error", error.text("code"));
    Check.equal("retryable", true, error.fields().get("retryable"));
    Check.becomes("no worker is left", () -> t.metric("holdfast_workers") == 0);
    Check.becomes("no run is left", () -> t.metric("holdfast_runs") == 0);
    ann.nothing();
    comesBack(t, ann);
  }

  /** A worker that is back in time goes on with its runs, and is given what it missed. */
  private static void comesBack(Trial t, Peer ann) throws Exception {
    Peer worker = t.connect("/ws");
    String session = String.valueOf(Workers.admitted(t, worker, "w-4", "").text("session_id"));
    worker.say("{'type':'serve','id':'s','agents':[{'agent_id':'w'}]}");
    worker.next("ack");
    ann.say("{'type':'run','id':'b','agent_id':'w','prompt':'x'}");
    String id = String.valueOf(ann.next("ack").text("run_id"));
    ann.next("started");
    Frame run = worker.next("run_assigned");
    Workers.report(worker, run, "{'token':'before '}");
    ann.next("token");
    worker.cut();
    ann.say("{'type':'input','run_id':'%s','content':'meanwhile'}", id);
    Peer back = t.connect("/ws");
    Frame connected = Workers.admitted(t, back, "w-4", ",'session_id':'" + session + "'");
    Check.equal("resumed", true, connected.fields().get("resumed"));
    Frame told = back.next();
    while (!told.type().equals("run_input")) {
      Check.equal("once more, as nobody had confirmed it", "run_assigned", told.type());
      told = back.next();
    }
    Check.equal("said meanwhile", "meanwhile", told.text("content"));
    Workers.report(back, run, "[{'token':'and after'},{'done':true}]");
    ann.next("token");
    Check.equal("text", "before and after", ann.next("done").text("text"));
  }

  private static void asks(Trial shared) throws Exception {
    Trial t = shared.own(false);
    Peer worker = worker(t, "w-1", "");
    Peer ann = t.as("ann");
    ann.say("{'type':'run','id':'r','agent_id':'w','prompt':'x'}");
    String id = String.valueOf(ann.next("ack").text("run_id"));
    ann.next("started");
    Frame run = worker.next("run_assigned");
    Workers.report(
        worker, run, "{'approval_request':{'approval_id':'mine','question':'ok?','default':'no'}}");
    Frame asked = ann.next("approval_request");
    Check.equal("default", "no", asked.text("default"));
    ann.say(
        "{'type':'approve','run_id':'%s','approval_id':'%s'}",
        id, String.valueOf(asked.text("approval_id")));
    ann.next("approval");
    Frame decision = worker.next("run_decision");
    Check.equal("its own name", "mine", decision.text("approval_id"));
    Check.equal("decision", "approve", decision.text("decision"));
    ann.say("{'type':'input','run_id':'%s','content':{'more':1}}", id);
    Check.equal("content", Map.of("more", 1), worker.next("run_input").fields().get("content"));
    Workers.report(
        worker,
        run,
        "{'approval_request':{'approval_id':'two','question':'?','default':'no',"
            + "'expires_in_ms':100}}");
    ann.next("approval_request");
    Check.equal("by default", "no", ann.next("approval").text("decision"));
    Check.equal("decision", "no", worker.next("run_decision").text("decision"));
  }

  private static void load(Trial shared) throws Exception {
    Trial t = shared.own(false);
    Peer one = worker(t, "w-1", ",'max_runs':2");
    Peer two = worker(t, "w-2", ",'max_runs':3");
    Peer ann = t.as("ann");
    for (int i = 0; i < 5; i++) {
      ann.say("{'type':'run','agent_id':'w','prompt':'x'}");
      ann.next("started");
    }
    Frame first = one.next("run_assigned");
    one.next("run_assigned");
    for (int i = 0; i < 3; i++) {
      two.next("run_assigned");
    }
    ann.say("{'type':'run','agent_id':'w','prompt':'x'}");
    ann.error("over_capacity");
    Workers.report(one, first, "{'done':true}");
    ann.next("done");
    Check.becomes(
        "room again",
        () -> {
          ann.say("{'type':'run','agent_id':'w','prompt':'x'}");
          return ann.next().type().equals("started");
        });
    one.next("run_assigned");
    two.nothing();
  }

  private static void many(Trial shared) throws Exception {
    Trial t = shared.own(true, "session.max_attachments", "8");
    Peer peer = t.as("ann");
    for (int i = 0; i < 50; i++) {
      // A run that has ended counts until its end is known to have arrived.
      Check.becomes(
          "room for one more",
          () -> {
            peer.say("{'type':'run','agent_id':'echo','prompt':'word'}");
            if (peer.next().type().equals("error")) {
              return false;
            }
            peer.next("token");
            peer.next("done");
            return true;
          });
    }
  }
}
