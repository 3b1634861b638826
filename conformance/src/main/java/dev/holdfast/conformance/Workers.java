package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.IOException;

/** What workers of cases do, whether they serve agents or tools. Stateless. */
final class Workers {

  private Workers() {}

  /** Connects as a worker, and serves: those members of {@code serve}, with a comma between. */
  static Peer serving(Trial t, String user, String what) throws IOException, InterruptedException {
    Peer worker = t.connect("/ws");
    admitted(t, worker, user, "");
    worker.say("{'type':'serve','id':'s',%s}", what);
    Frame ack = worker.next("ack");
    Check.equal("feed", "worker:" + ack.text("worker_id"), ack.text("feed"));
    return worker;
  }

  /** Says connect with a worker's token, with further fields as they are. */
  static Frame admitted(Trial t, Peer worker, String user, String more)
      throws IOException, InterruptedException {
    worker.say("{'type':'connect','token':'%s'%s}", t.token(user, "'roles':['worker']"), more);
    return worker.next("connected");
  }

  /** Reports on a run or a call, as its assignment names it. */
  static void report(Peer worker, Frame assigned, String data) throws IOException {
    String id = assigned.text("run_id") == null ? "call_id" : "run_id";
    worker.say(
        "{'type':'report','%s':'%s','data':%s}", id, String.valueOf(assigned.text(id)), data);
  }
}
