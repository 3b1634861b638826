package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.EMULATOR;
import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Screens for those who come late or fall behind, with programs that use all of one. */
final class ScreenCases {

  private static final List<String> PROGRAMS = List.of("vim", "less", "htop", "tmux");

  private static final int BEGUN_MILLIS = 2_000;
  private static final int QUIET_MILLIS = 250;
  private static final int PATIENCE_MILLIS = 15_000;

  private ScreenCases() {}

  /** Whether the programs are installed that are shown. */
  static boolean programs() {
    return PROGRAMS.stream().allMatch(program -> Files.isExecutable(Path.of("/usr/bin", program)));
  }

  static List<Case> all() {
    return List.of(
        new Case(
            "TRM15",
            "a screen and the rest show what everything shows, wherever a viewer comes in",
            EMULATOR,
            ScreenCases::screens),
        new Case(
            "TRM19",
            "a slow viewer costs no memory, is not in the way of a fast one, and can interrupt",
            OWN,
            ScreenCases::slow),
        new Case(
            "TRM20",
            "vim, less and htop go on with another client after a cut, as if nothing had been",
            EMULATOR,
            ScreenCases::wholeScreens));
  }

  /** Reads both until they are at the same event, and compares what they show. */
  private static void same(Shown one, Emulator.Screen on, Shown other, Emulator.Screen where)
      throws IOException, InterruptedException {
    while (one.offset() != other.offset()) {
      Shown behind = one.offset() < other.offset() ? one : other;
      Frame frame = behind.peer.soon(PATIENCE_MILLIS);
      if (frame == null) {
        throw new AssertionError(
            one.offset() + " and " + other.offset() + " on\n" + on.text() + where.text());
      }
      behind.take(frame);
    }
    Map<String, @Nullable Object> expected = on.shows().fields();
    Map<String, @Nullable Object> shown = where.shows().fields();
    if (expected.get("lines") instanceof List<?> lines
        && shown.get("lines") instanceof List<?> others) {
      for (int i = 0; i < lines.size(); i++) {
        Check.equal("line " + i, lines.get(i), i < others.size() ? others.get(i) : null);
      }
    }
    expected.forEach((what, value) -> Check.equal(what, value, shown.get(what)));
  }

  private static void until(Shown shown, Emulator.Screen screen, String text)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    while (!screen.text().contains(text)) {
      Frame frame = shown.peer.soon(PATIENCE_MILLIS);
      if (frame == null || System.nanoTime() > until) {
        throw new AssertionError("no \"" + text + "\" on the screen:\n" + screen.text());
      }
      shown.take(frame);
    }
  }

  private static void screens(Trial shared) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-screens");
    Path text = folder.resolve("text");
    Path socket = folder.resolve("tmux");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 500; i++) {
      lines.append("line ").append(i).append(" \u4e2d\u6587 caf\u00e9 \ud83d\ude00\n");
    }
    Files.writeString(text, lines);
    // So little is kept that every late viewer is given a screen.
    Trial t =
        shared.own(true, "terminals.replay", "1KiB", "terminals.environment", "LC_ALL=C.UTF-8");
    try (Emulator emulator = Emulator.start()) {
      List<List<String>> programs =
          List.of(
              List.of(
                  "vim -u NONE -n " + text,
                  "line 1 ",
                  "G",
                  "line 500",
                  "ggdwihey\\u001b",
                  "hey",
                  ":set hlsearch number\\r/line 30\\r",
                  "line 30 ",
                  "\\u0016GI> \\u001b",
                  "> "),
              List.of("less " + text, "line 1 ", "G", "line 500", "g/line 20\\r", "line 29"),
              List.of("htop -d 5", "PID", "\\u001b[B\\u001b[B", "PID", "t", "PID"),
              List.of(
                  "tmux -f /dev/null -S " + socket + " new -n one -x 80 -y 24",
                  "[0]",
                  "ls /\\r",
                  "usr",
                  "\\u0002%",
                  "[0]",
                  "seq 1 40\\r",
                  "40",
                  "\\u0002\\\"",
                  "[0]",
                  "\\u0002[",
                  "[0/",
                  "q",
                  "[0]"),
              List.of(
                  "sh -c 'seq 1 500; for i in 1 2 3 4 5 6 7; do printf \"\\033[3${i}mred"
                      + " $i\\033[0m\\n\"; done; printf"
                      + " \"\\033[2;5r\\033[?6h\\033[?2004h\\033]2;me\\007\"; exec cat'",
                  "red 7",
                  "x\\r",
                  "x"));
      for (List<String> program : programs) {
        shown(t, emulator, program);
      }
    } finally {
      // Its server has made itself a daemon, which no terminal's end reaches.
      new ProcessBuilder("tmux", "-S", socket.toString(), "kill-server")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      Files.deleteIfExists(socket);
      Files.delete(text);
      Files.delete(folder);
    }
  }

  /** Runs a program with a viewer from its start, and one that comes after each step. */
  private static void shown(Trial t, Emulator emulator, List<String> program) throws Exception {
    Peer peer = t.as("ann");
    Emulator.Screen all = emulator.screen(24, 80);
    String command = program.getFirst().replace("\\", "\\\\").replace("\"", "\\\"");
    peer.sayRaw(
        "{\"type\":\"open_terminal\",\"id\":\"o\",\"command\":[\"sh\",\"-c\",\"exec %s\"]}"
            .formatted(command));
    Shown first = new Shown(peer, String.valueOf(peer.next("ack").text("terminal_id"))).on(all);
    first.attach();
    until(first, all, program.get(1));
    for (int step = 1; step < program.size(); step += 2) {
      Emulator.Screen late = emulator.screen(24, 80);
      Shown second = new Shown(t.as("ann"), first.id).on(late);
      second.attach();
      Check.equal("screens", 1, second.snapshots);
      same(first, all, second, late);
      if (step + 1 < program.size()) {
        peer.sayRaw(
            "{\"type\":\"input\",\"terminal_id\":\"%s\",\"data\":\"%s\"}"
                .formatted(first.id, program.get(step + 1)));
        until(first, all, program.get(step + 2));
        same(first, all, second, late);
        first.send("resize", ",'rows':%d,'cols':%d".formatted(20 + step, 70 + 3 * step));
        redrawn(first, 20 + step);
      }
      second.peer.close();
    }
    first.send("signal", ",'signal':'SIGKILL'");
    first.end();
  }

  /** Waits until a program has drawn its screen anew in its new size, of which emulators differ. */
  private static void redrawn(Shown shown, int rows) throws InterruptedException {
    while (shown.rows != rows) {
      shown.take(shown.peer.next());
    }
    // Not all begin at once, and not all draw.
    Frame frame = shown.peer.soon(BEGUN_MILLIS);
    while (frame != null) {
      shown.take(frame);
      frame = shown.peer.soon(QUIET_MILLIS);
    }
  }

  private static void wholeScreens(Trial shared) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-programs");
    Path file = folder.resolve("file");
    Trial t = shared.own(true);
    try (Emulator emulator = Emulator.start()) {
      for (FullScreen program : FullScreen.ALL) {
        Shown first =
            Shown.open(t.as("ann"), Shown.sh("exec " + program.on(file)) + ",'rows':30,'cols':90");
        Emulator.Screen before = emulator.screen(30, 90);
        first.on(before);
        until(first, before, program.begins());
        first.type(quoted(program.keys()));
        until(first, before, program.shows());
        String seen = before.text();
        first.peer.cut();
        Emulator.Screen after = emulator.screen(30, 90);
        Shown second = new Shown(t.as("ann"), first.id).on(after);
        second.attach();
        until(second, after, program.shows());
        Check.equal("screen", seen, after.text());
        second.type(quoted(program.quits()));
        Check.equal("exit", 0, second.end().number("exit_code", -1));
        Check.equal("file", program.last(), Files.readAllLines(file).getLast());
      }
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static String quoted(String keys) {
    return "'" + keys.replace("\u001b", "\\u001b").replace("\r", "\\r") + "'";
  }

  private static void slow(Trial shared) throws Exception {
    Trial t = shared.own(true);
    // Alone, a slow viewer holds the program back.
    Peer alone = t.as("ann");
    Shown held = Shown.open(alone, sh("yes | head -c 1000000000; exec cat"));
    alone.slow(10_000);
    Check.becomes("it waits", () -> t.metric("holdfast_terminal_lag_bytes") > 0 && paused(t, held));
    held.send("signal", ",'signal':'SIGINT'");
    Peer ends = t.as("ann");
    Shown fresh = new Shown(ends, held.id);
    fresh.attach();
    Check.equal("by ctrl-c", 2, fresh.end().number("signal", -1));
    // Besides the window of the viewer there are what the kernel and the pipe hold.
    Check.that("bytes", said(t, held) < 8_000_000, said(t, held));
    alone.close();
    // Beside a fast one it is in nobody's way.
    Peer other = t.as("ann");
    Shown both = Shown.open(other, sh("yes | head -c 50000000; exec cat"));
    other.slow(10_000);
    Peer fast = t.as("ann");
    AtomicLong bytes = new AtomicLong();
    AtomicLong gaps = new AtomicLong();
    fast.say("{'type':'attach','feed':'terminal:%s','from':'start'}", both.id);
    fast.next("attached");
    fast.tally(text -> {
      bytes.addAndGet(text.length());
      if (!text.startsWith("{\"type\":\"output\"")) {
        gaps.incrementAndGet();
      }
    });
    Check.reaches("all of it is said", 50_000_000, () -> said(t, both));
    Check.reaches("the fast one has it", 80_000_001, bytes::get);
    Check.equal("gaps", 0L, gaps.get());
    double lag = t.metric("holdfast_terminal_lag_bytes");
    Check.that("no more is kept for the slow one", lag <= 512 * 1024, lag);
    both.send("close_terminal", "");
  }

  private static boolean paused(Trial t, Shown shown) throws IOException, InterruptedException {
    return t.json(t.http("GET", "/api/terminals/" + shown.id, null)).flag("paused");
  }

  private static long said(Trial t, Shown shown) throws IOException, InterruptedException {
    Frame terminal = t.json(t.http("GET", "/api/terminals/" + shown.id, null));
    return terminal.number("bytes", -1);
  }

  private static String sh(String script) {
    return Shown.sh(script);
  }
}
