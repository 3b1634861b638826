package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A terminal as a client sees it: what has come out of it so far. One thread. */
final class Shown {

  final Peer peer;
  final String id;

  /** What was said, from the last screen on that was painted. */
  final StringBuilder text = new StringBuilder();

  /** How often a screen came in place of what led to it. */
  int snapshots;

  /** How many rows it is said to have; 0 while nothing is said. */
  int rows;

  Frame closed = Frame.of("{\"type\":\"none\"}");
  private @Nullable Display display;

  /** Where all that comes is shown. */
  interface Display {
    void size(int rows, int cols);

    void write(String data);
  }

  Shown(Peer peer, String id) {
    this.peer = peer;
    this.id = id;
  }

  /** The fields of {@code open_terminal} for a script of the shell, without single quotes. */
  static String sh(String script) {
    return ",'command':['sh','-c','" + script + "']";
  }

  static Shown open(Peer peer, String more) throws IOException, InterruptedException {
    // A command of the same id would get the answer of the first.
    peer.say("{'type':'open_terminal','id':'%s'%s}", Trial.name("o"), more);
    Frame ack = peer.next("ack");
    Shown shown = new Shown(peer, String.valueOf(ack.text("terminal_id")));
    Check.equal("feed", "terminal:" + shown.id, ack.text("feed"));
    shown.attach();
    return shown;
  }

  /** By the endpoint of a terminal, the place of which the client has been told. */
  static Shown at(Peer peer) throws InterruptedException {
    Frame looking = peer.next("status");
    Check.equal("connected", true, looking.fields().get("connected"));
    Check.that("session_id", looking.fields().containsKey("session_id"), looking);
    Check.equal("session_id", null, looking.text("session_id"));
    Frame status = peer.next("status");
    return new Shown(peer, Objects.requireNonNull(status.text("session_id")));
  }

  /** Shows all that comes from now on. */
  Shown on(Display where) {
    display = where;
    return this;
  }

  void attach() throws IOException, InterruptedException {
    peer.say("{'type':'attach','feed':'terminal:%s','from':'start'}", id);
    Frame attached = peer.next("attached");
    if (attached.fields().get("snapshot") instanceof Map<?, ?> snapshot) {
      painted(snapshot);
    }
  }

  void type(String json) throws IOException {
    peer.say("{'type':'input','terminal_id':'%s','data':%s}", id, json);
  }

  private void painted(Map<?, ?> snapshot) {
    Map<?, ?> state = (Map<?, ?>) Objects.requireNonNull(snapshot.get("state"));
    Check.equal("state", "screen", state.get("type"));
    snapshots++;
    text.setLength(0);
    text.append(state.get("data"));
    rows = number(state, "rows");
    if (display != null) {
      display.size(rows, number(state, "cols"));
      display.write(text.toString());
    }
  }

  private static int number(Map<?, ?> state, String name) {
    return state.get(name) instanceof Number number ? number.intValue() : 0;
  }

  void take(Frame frame) {
    switch (frame.type()) {
      case "output" -> {
        text.append(frame.text("data"));
        if (display != null) {
          display.write(String.valueOf(frame.text("data")));
        }
      }
      case "resized" -> {
        rows = (int) frame.number("rows", 0);
        if (display != null) {
          display.size(rows, (int) frame.number("cols", 0));
        }
      }
      case "closed" -> closed = frame;
      case "snapshot" -> painted(frame.fields());
      case "gap", "ack" -> {}
      default -> throw new AssertionError("not a terminal's: " + frame.json());
    }
  }

  void until(String what) throws InterruptedException {
    while (text.indexOf(what) < 0) {
      take(peer.next());
    }
  }

  Frame end() throws InterruptedException {
    while (!closed.type().equals("closed")) {
      take(peer.next());
    }
    return closed;
  }

  /** Where its client is in its feed. */
  long offset() {
    return peer.offset("terminal:" + id);
  }

  void send(String type, String more) throws IOException {
    peer.say("{'type':'%s','terminal_id':'%s'%s}", type, id, more);
  }
}
