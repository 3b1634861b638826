package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;

/**
 * Shows what comes of a run until its end: tokens and results on standard output, all else on
 * standard error. Asks for approvals where somebody sits at a terminal. Any thread.
 */
final class RunFollowing extends Following {

  /** What is done when the run asks for an approval. */
  enum Approvals {
    /** The person at the terminal is asked; where there is none, somebody else may answer. */
    ASK,
    YES,
    NO
  }

  private final String run;
  private final Approvals approvals;
  private final boolean terminal = ClientCommand.atTerminal();
  private boolean midLine;

  RunFollowing(Client client, String run, Approvals approvals, PrintWriter out, PrintWriter err) {
    super(client, "run:" + run, Map.of("run_id", run), out, err);
    this.run = run;
    this.approvals = approvals;
  }

  @Override
  void state(Map<?, ?> state, Frame frame) {
    if (state.get("text") instanceof String text) {
      print(text);
    }
  }

  @Override
  void event(Frame frame) {
    switch (frame.type()) {
      case "token" -> print(String.valueOf(frame.text("text")));
      case "progress" -> progress(frame);
      case "log" -> note(line(frame, "level") + ": " + line(frame, "message"));
      case "status" -> note(line(frame, "status"));
      case "tool_call" ->
          note("calls " + line(frame, "name") + " " + frame.fields().get("arguments"));
      case "restarted" -> note("begins anew: " + line(frame, "reason"));
      case "approval_request" -> asked(frame);
      case "approval" -> note("decided: " + line(frame, "decision"));
      case "done" -> {
        out.println();
        ended(true);
      }
      case "complete" -> {
        bar.clear();
        out.println(Talk.plain(frame.json()));
        ended(true);
      }
      case "cancelled" -> {
        note("cancelled");
        ended(false);
      }
      case "error" -> {
        note("failed: " + line(frame, "code") + ": " + line(frame, "message"));
        ended(false);
      }
      default -> {}
    }
  }

  private void print(String text) {
    bar.clear();
    out.print(Talk.plain(text));
    midLine = !text.endsWith("\n");
  }

  @Override
  void note(String text) {
    if (terminal && midLine) {
      bar.clear();
      err.println();
      midLine = false;
    }
    super.note(text);
  }

  private void progress(Frame frame) {
    bar.show(frame.number("progress", 0), line(frame, "message"));
  }

  private void asked(Frame frame) {
    String id = String.valueOf(frame.text("approval_id"));
    note("it asks: " + line(frame, "question") + " (" + id + ")");
    switch (approvals) {
      case YES -> decide(id, "approve");
      case NO -> decide(id, "reject");
      case ASK -> {
        if (terminal) {
          Thread.ofPlatform().daemon().name("holdfast-ask").start(() -> ask(id));
        }
      }
    }
  }

  private void ask(String id) {
    err.print("* approve? [y/N, or another decision] ");
    err.flush();
    try {
      String answer =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
      if (answer != null) {
        decide(
            id,
            switch (answer.strip().toLowerCase(Locale.ROOT)) {
              case "y", "yes" -> "approve";
              case "", "n", "no" -> "reject";
              default -> answer.strip();
            });
      }
    } catch (IOException e) {
      note("can't read the answer: " + e.getMessage());
    }
  }

  private void decide(String id, String decision) {
    var _ =
        client
            .command("approve", Map.of("run_id", run, "approval_id", id, "decision", decision))
            .exceptionally(failure -> {
              note("not decided: " + ClientCommand.why(failure));
              return null;
            });
  }
}
