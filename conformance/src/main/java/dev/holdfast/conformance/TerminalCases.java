package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.DEV;
import static dev.holdfast.conformance.Case.Need.OWN;

import java.util.List;
import java.util.Map;

/** Terminals, with real programs: TRM6, 7, 8, 10, 11, 12, 14 and 16. */
final class TerminalCases {

  private TerminalCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TRM6",
            "what is typed reaches the program, control characters too",
            DEV,
            TerminalCases::input),
        new Case(
            "TRM7",
            "the size is right from the first prompt, and after a resize",
            DEV,
            TerminalCases::size),
        new Case(
            "TRM8",
            "signals reach the whole group, and the end of input ends it",
            DEV,
            TerminalCases::signals),
        new Case(
            "TRM10",
            "the exit code is the end, which a late reader gets too",
            DEV,
            TerminalCases::exits),
        new Case("TRM11", "all that is typed comes back, in order", DEV, TerminalCases::order),
        new Case("TRM12", "a program that nobody watches finishes", DEV, TerminalCases::detached),
        new Case("TRM14", "characters are never cut in two", DEV, TerminalCases::characters),
        new Case("TRM16", "a paste of 100 KB arrives whole", DEV, TerminalCases::paste),
        new Case(
            "TRM18", "nothing that ran in a terminal is left", OWN, TerminalCases::nothingLeft));
  }

  private static String sh(String script) {
    return Shown.sh(script);
  }

  private static void input(Trial t) throws Exception {
    Peer peer = t.as("ann");
    Shown cat = Shown.open(peer, ",'command':['cat']");
    cat.type("'hello\\n'");
    cat.until("hello\r\nhello\r\n");
    cat.type("''");
    cat.type("'caf\u00e9 \ud83d\ude00\\n'");
    cat.until("caf\u00e9 \ud83d\ude00\r\ncaf\u00e9 \ud83d\ude00\r\n");
    for (String bad : List.of("7", "null", "'" + "x".repeat(2_049) + "'")) {
      cat.type(bad);
      peer.error("bad_request");
    }
    peer.say("{'type':'input','terminal_id':'nobody','data':'x'}");
    peer.error("not_found");
    Peer bob = t.as("bob");
    // In development mode everybody may see everything, so this is asked of what is not there.
    bob.say("{'type':'attach','feed':'terminal:nobody'}");
    bob.error("not_found");
    cat.type("'\\u0003'");
    Check.equal("by ctrl-c", 2, cat.end().number("signal", -1));
    cat.type("'late'");
    peer.error("conflict");
  }

  private static void size(Trial t) throws Exception {
    Peer peer = t.as("ann");
    Shown shown =
        Shown.open(
            peer, sh("stty size; while read x; do stty size; done") + ",'rows':33,'cols':99");
    shown.until("33 99");
    shown.send("resize", ",'rows':1,'cols':1");
    shown.type("'\\n'");
    shown.until("1 1");
    shown.send("resize", ",'rows':500,'cols':500");
    shown.type("'\\n'");
    shown.until("500 500");
    for (String bad : List.of(",'rows':0,'cols':5", ",'rows':501,'cols':5", ",'rows':5", "")) {
      shown.send("resize", bad);
      peer.error("bad_request");
    }
    peer.say("{'type':'open_terminal','rows':501}");
    peer.error("bad_request");
    shown.type("'\\n'");
    shown.send("signal", ",'signal':'EOF'");
    Check.equal("exit", 0, shown.end().number("exit_code", -1));
    String recording = t.http("GET", "/api/terminals/" + shown.id + "/recording", null).body();
    Check.that(
        "size", recording.startsWith("{\"version\":2,\"width\":99,\"height\":33,"), recording);
    Check.that("resized", recording.contains("\"r\",\"500x500\"]"), recording);
    Shown silent = Shown.open(peer, ",'command':['cat']");
    String nothing = t.http("GET", "/api/terminals/" + silent.id + "/recording", null).body();
    Check.that("header", nothing.startsWith("{\"version\":2,\"width\":80,"), nothing);
    silent.send("close_terminal", "");
  }

  private static void signals(Trial t) throws Exception {
    Peer peer = t.as("ann");
    for (Map.Entry<String, Integer> signal :
        Map.of("SIGINT", 2, "SIGTERM", 15, "SIGKILL", 9).entrySet()) {
      Shown sleep = Shown.open(peer, sh("echo up; exec sleep 1000"));
      sleep.until("up");
      sleep.send("signal", ",'signal':'" + signal.getKey() + "'");
      Check.equal(signal.getKey(), signal.getValue(), sleep.end().number("signal", -1));
    }
    Shown group = Shown.open(peer, sh("sleep 1000 & echo pid $!; wait"));
    group.until("pid ");
    group.until("\n");
    long pid = Long.parseLong(group.text.toString().replaceAll("\\D", ""));
    group.send("signal", ",'signal':'SIGTERM'");
    group.end();
    Check.becomes("the child is gone", () -> ProcessHandle.of(pid).isEmpty());
    // Shells let through again what is blocked, so this one runs without.
    Shown quits = Shown.open(peer, ",'command':['cat']");
    quits.type("'x\\n'");
    quits.until("x\r\nx\r\n");
    quits.send("signal", ",'signal':'SIGQUIT'");
    Check.equal("SIGQUIT", 3, quits.end().number("signal", -1));
    // However little of the program there is yet.
    for (int i = 0; i < 100; i++) {
      peer.say("{'type':'open_terminal','id':'%s','command':['cat']}", Trial.name("o"));
      Shown early = new Shown(peer, String.valueOf(peer.next("ack").text("terminal_id")));
      early.send("signal", ",'signal':'SIGTERM'");
      early.attach();
      Check.equal("early", 15, early.end().number("signal", -1));
    }
    Shown cat = Shown.open(peer, ",'command':['cat']");
    cat.send("signal", ",'signal':'nonsense'");
    peer.error("bad_request");
    cat.send("signal", ",'signal':'EOF'");
    Check.equal("exit", 0, cat.end().number("exit_code", -1));
  }

  private static void exits(Trial t) throws Exception {
    Peer peer = t.as("ann");
    for (int code : new int[] {0, 1, 77, 130}) {
      Shown shown = Shown.open(peer, sh("echo said; exit " + code));
      Check.equal("exit", code, shown.end().number("exit_code", -1));
      Check.that("no signal", !shown.closed.fields().containsKey("signal"), shown.closed);
      Check.equal("output", "said\r\n", shown.text.toString());
      Shown late = new Shown(t.as("ann"), shown.id);
      late.attach();
      Check.equal("late", code, late.end().number("exit_code", -1));
      Check.equal("output", "said\r\n", late.text.toString());
      String recording = t.http("GET", "/api/terminals/" + shown.id + "/recording", null).body();
      Check.that("recording", recording.contains("\"o\",\"said\\r\\n\"]"), recording);
    }
    for (String bad :
        List.of(
            "'command':'ls'",
            "'command':[]",
            "'command':[1]",
            "'cwd':'/no/such/folder'",
            "'cwd':'a\\u0000b'",
            "'rows':'x'")) {
      peer.say("{'type':'open_terminal',%s}", bad);
      peer.error("bad_request");
    }
    peer.say("{'type':'open_terminal','command':['/no/such/program']}");
    peer.error("unavailable");
  }

  private static void order(Trial t) throws Exception {
    Shown cat = Shown.open(t.as("ann"), sh("stty -echo; echo up; exec cat"));
    cat.until("up");
    StringBuilder all = new StringBuilder("up\r\n");
    for (int i = 0; i < 50; i++) {
      cat.type("'slow " + i + "\\n'");
      all.append("slow ").append(i).append("\r\n");
      Thread.sleep(10);
    }
    for (int i = 0; i < 100; i++) {
      cat.type("'fast " + i + "\\n'");
      all.append("fast ").append(i).append("\r\n");
    }
    cat.until("fast 99\r\n");
    Check.equal("output", all.toString(), cat.text.toString());
    cat.send("close_terminal", "");
    cat.end();
  }

  private static void detached(Trial t) throws Exception {
    Peer peer = t.as("ann");
    peer.say("{'type':'open_terminal','id':'o','command':['seq','1','1000000']}");
    String id = String.valueOf(peer.next("ack").text("terminal_id"));
    peer.cut();
    Check.becomes(
        "it finishes", () -> !t.json(t.http("GET", "/api/terminals/" + id, null)).flag("running"));
    Shown late = new Shown(t.as("ann"), id);
    late.attach();
    Check.equal("exit", 0, late.end().number("exit_code", -1));
    String text = late.text.toString();
    Check.that("the tail", text.contains("\r\n999999\r\n1000000\r\n"), text);
    Check.that("bounded", text.length() <= 64 * 1024, text.length());
  }

  private static void characters(Trial t) throws Exception {
    Shown flood =
        Shown.open(
            t.as("ann"),
            sh("i=0; while [ $i -lt 3000 ]; do printf \\\"\ud83d\ude00\u00e9\u4e2d\\\"; i=$((i+1));"
                    + " done")
                .replace("\\\"", ""));
    flood.end();
    Check.equal("output", "\ud83d\ude00\u00e9\u4e2d".repeat(3_000), flood.text.toString());
  }

  private static void paste(Trial t) throws Exception {
    Peer peer = t.as("ann");
    Shown shown =
        Shown.open(peer, sh("stty raw -echo; echo ready; head -c 102400 | cksum; stty sane"));
    shown.until("ready");
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      String piece = Integer.toString(i % 10).repeat(1_024);
      all.append(piece);
      shown.type("'" + piece + "'");
    }
    shown.end();
    Check.that("all of it", shown.text.toString().contains(" 102400"), shown.text.toString());
  }

  private static void nothingLeft(Trial shared) throws Exception {
    Trial t = shared.own(true);
    Peer peer = t.as("ann");
    Shown closed =
        Shown.open(
            peer,
            sh("trap \\\"\\\" HUP TERM; sleep 1000 & echo pid $!; wait").replace("\\\"", ":"));
    closed.until("pid ");
    closed.until("\n");
    long first = Long.parseLong(closed.text.toString().replaceAll("\\D", ""));
    closed.send("close_terminal", "");
    closed.end();
    Check.becomes("the child is gone", () -> ProcessHandle.of(first).isEmpty());
    // Nobody's child, in a group of its own, but in the session of the terminal.
    Shown orphaned = Shown.open(peer, sh("set -m; (sleep 1000 & echo pid $!); cat"));
    orphaned.until("pid ");
    orphaned.until("\n");
    long orphan = Long.parseLong(orphaned.text.toString().replaceAll("\\D", ""));
    orphaned.send("close_terminal", "");
    orphaned.end();
    Check.becomes("the orphan is gone", () -> ProcessHandle.of(orphan).isEmpty());
    Shown left = Shown.open(peer, sh("sleep 1000 & echo pid $!; wait"));
    left.until("pid ");
    left.until("\n");
    long second = Long.parseLong(left.text.toString().replaceAll("\\D", ""));
    Check.equal("terminals", 1.0, t.metric("holdfast_terminals"));
    t.gateway().close();
    Check.becomes("all is gone", () -> ProcessHandle.of(second).isEmpty());
  }
}
