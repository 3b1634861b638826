package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls to which everything happens at once, in random order: TOL11 once more. */
final class ToolChurnCases {

  private static final int SEQUENCES = 1_000;
  private static final int CALLERS = 4;

  /** Does as its arguments say, and writes down its number and that of each child. */
  private static final String SCRIPT =
      """
      read -r line
      echo $$ >> pids
      case "$line" in
        *well*) echo '{"progress":1,"total":2}'; echo '{"chunk":"a"}'; echo '{"result":"done"}' ;;
        *fail*) exit 3 ;;
        *die*) kill -9 $$ ;;
        *late*) sleep 60 ;;
        *child*) sleep 60 & echo $! >> pids; wait ;;
        *orphan*) sleep 60 > /dev/null 2>&1 & echo $! >> pids; echo '{"result":"done"}' ;;
      esac\
      """;

  private static final List<String> WAYS =
      List.of("well", "well", "well", "well", "fail", "die", "late", "child", "orphan");

  private ToolChurnCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL11",
            "whatever happens to calls, workers and connections, each request ends once, every"
                + " figure is right, and no process is left",
            OWN,
            ToolChurnCases::churn));
  }

  private static void churn(Trial shared) throws Exception {
    Random random = new Random(shared.seed());
    try (Programs programs = new Programs()) {
      programs.script("churn", SCRIPT);
      String provider =
          programs
              .provider(",'breaker_rest':'100ms'")
              .replace("\"name\":\"churn\",", "\"name\":\"churn\",\"timeout\":\"300ms\",");
      Trial t =
          shared.own(
              false,
              "tools.providers",
              "[" + provider + "]",
              "tools.max_calls",
              "12",
              "tools.max_per_session",
              "5",
              "tools.queue_timeout",
              "50ms",
              "timeouts.tool",
              "1s",
              "workers.lease",
              "300ms",
              "workers.patience",
              "100ms");
      Worker worker = new Worker(t);
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        // Two users with two sessions each.
        callers.add(new Caller(t, "user-" + i % 2));
      }
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        Caller caller = callers.get(random.nextInt(CALLERS));
        for (int step = random.nextInt(3); step >= 0; step--) {
          caller.does(random);
        }
        worker.does(random);
        Thread.sleep(random.nextInt(6));
      }
      for (Caller caller : callers) {
        caller.comeBack();
      }
      Check.becomes(
          "every request ends",
          () -> {
            worker.hear(random);
            boolean over = true;
            for (Caller caller : callers) {
              caller.hear();
              over &= caller.waits.isEmpty();
            }
            return over;
          });
      worker.peer.cut();
      for (String gauge : List.of("holdfast_calls", "holdfast_calls_queued", "holdfast_workers")) {
        Check.becomes(gauge + " is 0", () -> t.metric(gauge) == 0);
      }
      counted(t, callers);
      List<String> pids = programs.written("pids").lines().toList();
      Check.that("programs have run", pids.size() > 50, pids.size());
      for (String pid : pids) {
        Check.becomes("process " + pid + " is gone", () -> Programs.gone(Long.parseLong(pid)));
      }
    }
  }

  /** What the gateway has counted is what its callers have seen. */
  private static void counted(Trial t, List<Caller> callers) throws Exception {
    Map<String, Integer> seen = new HashMap<>();
    for (Caller caller : callers) {
      caller.peer.nothing();
      caller.endings.values().forEach(how -> seen.merge(how, 1, Integer::sum));
    }
    double failed = 0;
    for (String code : Ops.CODES) {
      double count = t.metric("holdfast_calls_failed_total{code=\"" + code + "\"}");
      failed += count;
      int refused = seen.getOrDefault("refused " + code, 0);
      if (refused == 0) {
        Check.equal(code, (double) seen.getOrDefault(code, 0), count);
      } else {
        // That a request was refused may have been lost with a connection; it is made again then.
        Check.that(code, count >= seen.getOrDefault(code, 0) + refused, seen);
      }
    }
    double succeeded = t.metric("holdfast_calls_succeeded_total");
    Check.equal("succeeded", (double) seen.getOrDefault("ok", 0), succeeded);
    Check.equal(
        "requested",
        t.metric("holdfast_calls_requested_total"),
        succeeded + failed + t.metric("holdfast_calls_repeated_total"));
    for (String how : List.of("ok", "CANCELLED", "TIMEOUT", "TOOL_EXECUTION_ERROR")) {
      Check.that("some end so: " + how, seen.containsKey(how), seen);
    }
  }

  /** Makes calls, cancels some, is cut off in the middle, and comes back. */
  private static final class Caller {
    private final Trial t;
    private final String user;
    private final String session;
    private final Set<String> waits = new LinkedHashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Map<String, String> wishes = new HashMap<>();
    private final Map<String, String> endings = new LinkedHashMap<>();
    private final Map<String, String> resultOf = new HashMap<>();
    private Peer peer;
    private boolean away;

    Caller(Trial t, String user) throws IOException, InterruptedException {
      this.t = t;
      this.user = user;
      peer = t.connect("/ws");
      t.hello(peer, user, "");
      session = String.valueOf(peer.next("connected").text("session_id"));
    }

    void does(Random random) throws IOException, InterruptedException {
      int what = random.nextInt(100);
      if (away) {
        if (what < 40) {
          comeBack();
        }
      } else if (what < 60) {
        call(random);
      } else if (what < 80) {
        if (!waits.isEmpty()) {
          List<String> some = List.copyOf(waits);
          peer.say("{'type':'cancel','request_id':'%s'}", some.get(random.nextInt(some.size())));
        }
      } else if (what < 88) {
        peer.cut();
        peer.ended();
        // What its side of the connection has got, it has got.
        hear();
        away = true;
      } else {
        hear();
      }
    }

    private void call(Random random) throws IOException {
      String id = Trial.name("c");
      String arguments =
          "{'how':'%s','n':%d}".formatted(WAYS.get(random.nextInt(WAYS.size())), random.nextInt(4));
      String tool = random.nextInt(3) == 0 ? "far" : "churn";
      String wish =
          "{'type':'call_tool','id':'%s','name':'%s','arguments':%s}"
              .formatted(id, tool, arguments);
      wishes.put(id, wish);
      waits.add(id);
      peer.say(wish);
    }

    /** Takes its session up, and asks again for what it does not know to have been heard. */
    void comeBack() throws IOException, InterruptedException {
      hear();
      if (!away) {
        return;
      }
      away = false;
      peer = t.resume(user, session);
      Check.equal("resumed", true, peer.next("connected").fields().get("resumed"));
      for (String id : waits) {
        if (!acknowledged.contains(id)) {
          peer.say(wishes.getOrDefault(id, ""));
        }
      }
    }

    /** Takes all that has come. */
    void hear() throws InterruptedException {
      Frame frame;
      while ((frame = peer.soon(0)) != null) {
        String id = String.valueOf(frame.text("request_id"));
        switch (frame.type()) {
          case "call_ack" -> acknowledged.add(String.valueOf(frame.text("id")));
          case "progress", "chunk", "complete" -> acknowledged.add(id);
          case "result" -> {
            String place = frame.text("feed") + " " + frame.number("offset", -1);
            String before = resultOf.put(id, place);
            Check.that("one result", before == null || before.equals(place), frame);
            ended(id, how(frame.fields()));
          }
          case "call_over" -> {
            Check.that("a result", frame.fields().get("result") instanceof Map<?, ?>, frame);
            ended(String.valueOf(frame.text("id")), how((Map<?, ?>) frame.fields().get("result")));
          }
          case "error" -> {
            Check.that("of a request", frame.text("id") != null, frame);
            ended(String.valueOf(frame.text("id")), "refused " + frame.text("reason"));
          }
          case "cancelled" -> {}
          default -> throw new AssertionError("unexpected: " + frame);
        }
      }
    }

    private static String how(@Nullable Map<?, ?> result) {
      return result != null && result.get("error") instanceof Map<?, ?> error
          ? String.valueOf(error.get("code"))
          : "ok";
    }

    private void ended(String id, String how) {
      Check.that("one of its requests", wishes.containsKey(id), id);
      waits.remove(id);
      String before = endings.put(id, how);
      Check.that(id + " ends once", before == null || before.equals(how), before + ", " + how);
    }
  }

  /** Does calls well, badly or not at all, and crashes. */
  private static final class Worker {
    private static final String USER = "worker-1";

    private final Trial t;
    private Peer peer;
    private String session = "";

    Worker(Trial t) throws IOException, InterruptedException {
      this.t = t;
      peer = fresh();
    }

    private Peer fresh() throws IOException, InterruptedException {
      Peer made = t.connect("/ws");
      session = String.valueOf(Workers.admitted(t, made, USER, "").text("session_id"));
      made.say("{'type':'serve','id':'s','tools':[{'name':'far','max_calls':3}]}");
      made.next("ack");
      return made;
    }

    void does(Random random) throws IOException, InterruptedException {
      hear(random);
      if (random.nextInt(40) == 0) {
        peer.cut();
        peer.ended();
        if (random.nextBoolean()) {
          peer = fresh();
        } else {
          peer = t.connect("/ws");
          Frame back = Workers.admitted(t, peer, USER, ",'session_id':'" + session + "'");
          Check.equal("resumed", true, back.fields().get("resumed"));
        }
      }
    }

    void hear(Random random) throws IOException, InterruptedException {
      Frame frame;
      while ((frame = peer.soon(0)) != null) {
        switch (frame.type()) {
          case "call_assigned" -> {
            String data =
                switch (random.nextInt(4)) {
                  case 0 -> "{'error':{'message':'no luck'}}";
                  case 1 -> "{'progress':1,'total':2}";
                  default -> "[{'chunk':'a'},{'result':'done'}]";
                };
            Workers.report(peer, frame, data);
          }
          case "call_cancelled" -> {}
          // The call had ended already.
          case "error" -> Check.equal("code", "conflict", frame.text("code"));
          default -> throw new AssertionError("unexpected: " + frame);
        }
      }
    }
  }
}
