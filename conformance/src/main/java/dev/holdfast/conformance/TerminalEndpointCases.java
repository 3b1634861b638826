package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.DEV;
import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Terminals by their endpoints, and milestones: TRM1 to 5, 9, 13, 17 and 21. */
final class TerminalEndpointCases {

  private TerminalEndpointCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TRM1",
            "a milestone's id that can't be one is refused with 4000",
            DEV,
            TerminalEndpointCases::malformed),
        new Case(
            "TRM2",
            "what is not there, or another user's, is refused with 4004",
            OWN,
            TerminalEndpointCases::unknown),
        new Case(
            "TRM3",
            "a milestone that is finished or can't begin says so once and for all",
            OWN,
            TerminalEndpointCases::finished),
        new Case(
            "TRM4",
            "the server speaks first: that it is looking, then where it leads",
            DEV,
            TerminalEndpointCases::status),
        new Case(
            "TRM5",
            "a milestone's terminal survives its clients, and is the same for the next",
            DEV,
            TerminalEndpointCases::survives),
        new Case(
            "TRM9",
            "a bad frame is answered, changes nothing, and the next one works",
            DEV,
            TerminalEndpointCases::bad),
        new Case(
            "TRM13",
            "all viewers see the same bytes, and one that only views can't type",
            OWN,
            TerminalEndpointCases::viewers),
        new Case(
            "TRM17",
            "clients that come first at once start one process",
            DEV,
            TerminalEndpointCases::together),
        new Case(
            "TRM21",
            "the strict filter refuses what sets a terminal up, and nothing else",
            OWN,
            TerminalEndpointCases::filter));
  }

  private static void refused(Peer peer, String code, int close)
      throws IOException, InterruptedException {
    peer.next("status");
    Frame error = peer.error(code);
    Check.that("message", !String.valueOf(error.text("message")).isEmpty(), error);
    Check.equal("reason", code, peer.closed(close).reason());
  }

  /** A milestone's id; its fields as they are. */
  private static String milestone(Trial t, String fields) throws IOException, InterruptedException {
    var response = t.http("POST", "/api/milestones", "{'name':'one'" + fields + "}");
    Check.equal("status", 201, response.statusCode());
    return Objects.requireNonNull(Frame.of(response.body()).text("id"));
  }

  private static String path(String id) {
    return "/api/milestones/" + id + "/terminal";
  }

  private static void malformed(Trial t) throws Exception {
    for (String id :
        List.of("x", "0123456789abcdef0123456", "0123456789ABCDEF01234567", "%00", "..")) {
      refused(t.connect(path(id)), "INVALID_ID", 4000);
    }
    for (String query : List.of("rows=0", "cols=501", "rows=x", "mode=edit", "create=maybe")) {
      refused(t.connect("/ws/terminal?" + query), "VALIDATION", 4000);
    }
  }

  private static void unknown(Trial shared) throws Exception {
    Trial t = shared.own(false);
    refused(t.at(path("0123456789abcdef01234567"), "ann", "terminal"), "NOT_FOUND", 4004);
    refused(t.at("/ws/terminal/nobody", "ann", "terminal"), "NOT_FOUND", 4004);
    Peer ann = t.at("/ws/terminal", "ann", "terminal");
    Shown mine = Shown.at(ann);
    Peer bob = t.at("/ws/terminal/" + mine.id, "bob", "terminal");
    refused(bob, "NOT_FOUND", 4004);
    Peer nobody = t.at("/ws/terminal", "zoe", "reader");
    refused(nobody, "forbidden", 4004);
    Peer viewer = t.at("/ws/terminal/" + mine.id, "eve", "terminal:view");
    Shown seen = Shown.at(viewer);
    viewer.say("{'type':'input','data':'x'}");
    error(seen, "forbidden");
    viewer.say("{'type':'close'}");
    error(seen, "forbidden");
    viewer.say("{'type':'resize','rows':2,'cols':2}");
    error(seen, "forbidden");
    String milestone = milestone(t, ",'command':['cat']");
    Peer looks = t.at(path(milestone), "eve", "terminal", "terminal:view");
    refused(looks, "NO_SESSION", 4004);
    Peer operator = t.at("/ws/terminal/" + mine.id, "op", "terminal:type");
    Shown.at(operator).peer.say("{'type':'close','id':'c'}");
    mine.end();
  }

  private static void finished(Trial shared) throws Exception {
    Path data = Files.createTempDirectory("holdfast-milestones");
    String done;
    try {
      Trial t =
          shared.own(
              true,
              "server.data",
              data.toString(),
              "terminals.recording",
              "1MiB",
              "terminals.milestones_per_user",
              "4");
      recorded(t);
      done = milestone(t, ",'status':'completed'");
      refused(t.connect(path(done)), "ALREADY_FINISHED", 4004);
      String id = milestone(t, "");
      refused(t.connect(path(id) + "?create=false"), "NO_SESSION", 4004);
      refused(t.connect("/ws/terminal?create=false"), "NO_SESSION", 4004);
      Check.equal("patch", 200, patch(t, id, "'status':'failed'"));
      refused(t.connect(path(id)), "ALREADY_FINISHED", 4004);
      refused(t.connect(path(milestone(t, ",'cwd':'/no/such'"))), "WORKSPACE_NOT_FOUND", 4003);
      refused(
          t.connect(path(milestone(t, ",'command':['/no/such/program']"))), "SESSION_ERROR", 4005);
      for (String bad :
          List.of(
              "'status':'x'",
              "'name':7",
              "'command':[]",
              "'command':7",
              "'command':['ls',7]",
              "'command':'" + "x".repeat(17_000) + "'",
              "'cwd':'" + "x".repeat(5_000) + "'")) {
        Check.equal(bad, 400, patch(t, id, bad));
      }
      Check.equal("malformed", 400, t.http("GET", "/api/milestones/x", null).statusCode());
      var full = t.http("POST", "/api/milestones", "{'name':'one more'}");
      Check.equal("full", 503, full.statusCode());
      Check.that("why", full.body().contains("a user may have 4 milestones"), full.body());
      t.gateway().close();
      Trial again = shared.own(true, "server.data", data.toString());
      refused(again.connect(path(done)), "ALREADY_FINISHED", 4004);
      Frame kept = again.json(again.http("GET", "/api/milestones/" + done, null));
      Check.equal("name", "one", kept.text("name"));
      Check.equal("gone", 204, again.http("DELETE", "/api/milestones/" + done, null).statusCode());
      refused(again.connect(path(done)), "NOT_FOUND", 4004);
      again.gateway().close();
    } finally {
      try (var files = Files.walk(data)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** A recording has all that was said until it is asked for, and is valid while it is made. */
  private static void recorded(Trial t) throws Exception {
    Shown shown = Shown.open(t.as("ann"), ",'command':['cat']");
    for (int i = 0; i < 20; i++) {
      shown.type("'line " + i + "\\n'");
      shown.until("line " + i + "\r\nline " + i + "\r\n");
      String recording = t.http("GET", "/api/terminals/" + shown.id + "/recording", null).body();
      Check.that("whole lines", recording.endsWith("\"]\n"), recording);
      Check.equal("twice", 3, recording.split("line " + i + "\\b", -1).length);
    }
    shown.send("close_terminal", "");
    shown.end();
  }

  private static int patch(Trial t, String id, String fields)
      throws IOException, InterruptedException {
    return t.http("PATCH", "/api/milestones/" + id, "{" + fields + "}").statusCode();
  }

  private static void status(Trial t) throws Exception {
    String id = milestone(t, ",'command':'echo up; exec cat'");
    Peer peer = t.connect(path(id) + "?rows=33&cols=99");
    Frame looking = peer.next("status");
    Check.equal("connected", true, looking.fields().get("connected"));
    Check.that("null", looking.json().contains("\"session_id\":null"), looking);
    Frame status = peer.next("status");
    Check.equal("connected", true, status.fields().get("connected"));
    Check.that("session_id", status.text("session_id") != null, status);
    Check.equal("rows", 33L, status.number("rows", 0));
    Check.equal("cols", 99L, status.number("cols", 0));
    Check.equal("viewers", 1L, status.number("viewers", 0));
    Check.that("position", status.text("position") != null, status);
    Shown shown = new Shown(peer, String.valueOf(status.text("session_id")));
    shown.until("up");
    Frame milestone = t.json(t.http("GET", "/api/milestones/" + id, null));
    Check.equal("status", "in_progress", milestone.text("status"));
    Check.equal("terminal", shown.id, milestone.text("terminal_id"));
    peer.say("{'type':'resize','rows':40,'cols':50}");
    peer.say("{'type':'signal','signal':'EOF'}");
    Check.equal("exit", 0, shown.end().number("exit_code", -1));
  }

  private static void survives(Trial t) throws Exception {
    String id = milestone(t, ",'command':['cat']");
    Shown first = Shown.at(t.connect(path(id)));
    first.peer.say("{'type':'input','data':'before\\n'}");
    first.until("before\r\nbefore\r\n");
    first.peer.cut();
    Shown second = Shown.at(t.connect(path(id)));
    Check.equal("session", first.id, second.id);
    second.until("before\r\nbefore\r\n");
    Shown third = Shown.at(t.connect("/ws/terminal/" + first.id + "?create=false"));
    third.until("before\r\nbefore\r\n");
    second.peer.say("{'type':'input','data':'after\\n'}");
    third.until("after\r\nafter\r\n");
    Check.equal("the same", second.id, third.id);
    third.peer.say("{'type':'close'}");
    Check.equal("by a signal", true, second.end().fields().containsKey("signal"));
    Shown last = Shown.at(t.connect(path(id) + "?create=false"));
    Check.equal("the same", first.id, last.id);
    last.end();
    Shown next = Shown.at(t.connect(path(id)));
    Check.that("another", !next.id.equals(first.id), next.id);
  }

  private static void bad(Trial t) throws Exception {
    Peer peer = t.connect("/ws/terminal");
    Shown shown = Shown.at(peer);
    for (String frame :
        List.of(
            "nonsense",
            "[]",
            "7",
            "{'type':'what'}",
            "{}",
            "{'type':'input'}",
            "{'type':'input','data':7}",
            "{'type':'input','data':'" + "x".repeat(2_049) + "'}",
            "{'type':'resize','rows':0,'cols':5}",
            "{'type':'resize','rows':5,'cols':501}",
            "{'type':'resize','rows':5}",
            "{'type':'signal','signal':'SIGWHAT'}",
            "{'type':'signal'}",
            "{'type':'ack'}",
            "{'type':'ack','offset':-1}",
            "{'type':'ack','offset':'x'}",
            "{'type':'show'}",
            "{'type':'show','visible':'x'}")) {
      peer.say(frame);
      error(shown, "VALIDATION");
    }
    peer.wire().send(Wire.BINARY, "x".getBytes(StandardCharsets.UTF_8));
    error(shown, "VALIDATION");
    peer.say("{'type':'input','data':'echo st$(true)ill; exit 3\\n'}");
    Check.equal("exit", 3, shown.end().number("exit_code", -1));
    Check.that("output", shown.text.toString().contains("still"), shown.text);
    peer.say("{'type':'input','data':'x'}");
    peer.error("conflict");
  }

  /** The next error, past what the program says meanwhile. */
  private static void error(Shown shown, String code) throws InterruptedException {
    Frame frame = shown.peer.next();
    while (!frame.type().equals("error")) {
      shown.take(frame);
      frame = shown.peer.next();
    }
    Check.equal("code", code, frame.text("code"));
  }

  private static void viewers(Trial shared) throws Exception {
    Trial t = shared.own(true, "terminals.sizes", "smallest");
    Shown one =
        Shown.open(t.as("ann"), sh("read -r x; seq 1 2000; read -r y; stty size; exec cat"));
    Shown other = Shown.at(t.connect("/ws/terminal/" + one.id));
    Shown views = Shown.at(t.connect("/ws/terminal/" + one.id + "?mode=view"));
    one.type("'\\n'");
    for (Shown each : List.of(one, other, views)) {
      each.until("2000\r\n");
      Check.equal("viewer", one.text.toString(), each.text.toString());
    }
    for (String frame :
        List.of(
            "{'type':'input','data':'x'}",
            "{'type':'signal','signal':'SIGINT'}",
            "{'type':'close'}")) {
      views.peer.say(frame);
      error(views, "forbidden");
    }
    one.send("resize", ",'rows':30,'cols':100");
    other.peer.say("{'type':'resize','rows':40,'cols':90}");
    views.peer.say("{'type':'resize','rows':2,'cols':2}");
    Check.becomes("the smallest of both", () -> size(t, one, 30, 90));
    other.peer.say("{'type':'show','visible':false}");
    Check.becomes("a hidden one does not count", () -> size(t, one, 30, 100));
    one.type("'\\n'");
    one.until("30 100");
    other.peer.say("{'type':'show','visible':true,'id':'s'}");
    other.until("30 100");
    Check.equal("shown again", 1, other.snapshots);
  }

  private static boolean size(Trial t, Shown shown, int rows, int cols)
      throws IOException, InterruptedException {
    Frame terminal = t.json(t.http("GET", "/api/terminals/" + shown.id, null));
    return terminal.number("rows", 0) == rows && terminal.number("cols", 0) == cols;
  }

  private static void together(Trial t) throws Exception {
    for (int round = 0; round < 5; round++) {
      String id = milestone(t, ",'command':['cat']");
      Peer one = t.connect(path(id));
      Peer other = t.connect(path(id));
      String first = Shown.at(one).id;
      Check.equal("terminal", first, Shown.at(other).id);
      Check.equal("closed", 204, t.http("DELETE", "/api/milestones/" + id, null).statusCode());
    }
  }

  private static void filter(Trial shared) throws Exception {
    Trial t = shared.own(true, "terminals.filter", "strict");
    Shown shown = Shown.open(t.as("ann"), sh("stty raw -echo; echo up; exec cat"));
    shown.until("up");
    for (Map.Entry<String, String> family :
        Map.of(
                "title", "\\u001b]0;x\\u0007",
                "palette", "\\u001b]4;1;red\\u0007",
                "foreground", "\\u001b]10;red\\u0007",
                "background", "\\u009d11;red\\u0007",
                "clipboard", "\\u001b]52;c;YQ==\\u0007",
                "device control", "\\u0090q",
                "soft reset", "\\u001b[!p",
                "key", "\\u001b[65;1p")
            .entrySet()) {
      shown.type("'" + family.getValue() + "'");
      error(shown, "bad_request");
    }
    shown.type("'\\u001b[200~]0;paste P p\\u001b[201~\\u001b[A\\u001bOB\\u001b[31m.'");
    shown.until("\u001b[200~]0;paste P p\u001b[201~\u001b[A\u001bOB\u001b[31m.");
  }

  private static String sh(String script) {
    return Shown.sh(script);
  }
}
