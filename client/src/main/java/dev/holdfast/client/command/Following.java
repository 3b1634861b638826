package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows what comes of a run until its end: tokens and results on standard output, all else on
 * standard error. Asks for approvals where somebody sits at a terminal. Any thread.
 */
final class Following implements Flow.Subscriber<Delivery> {

  /** What is done when the run asks for an approval. */
  enum Approvals {
    /** The person at the terminal is asked; where there is none, somebody else may answer. */
    ASK,
    YES,
    NO
  }

  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private final Client client;
  private final String run;
  private final Approvals approvals;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private final ProgressBar bar;
  private boolean midLine;

  Following(Client client, String run, Approvals approvals, PrintWriter out, PrintWriter err) {
    this.client = client;
    this.run = run;
    this.approvals = approvals;
    this.out = out;
    this.err = err;
    this.terminal = ClientCommand.atTerminal();
    this.bar = new ProgressBar(err, terminal);
  }

  /** Follows the run to its end, which Ctrl-C brings about; returns the exit code. */
  int toItsEnd() throws InterruptedException, ExecutionException {
    client.feed("run:" + run, new Begin.Start()).subscribe(this);
    Thread hook = new Thread(this::cancel);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return end.get() ? 0 : 1;
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** At Ctrl-C: the process ends when this has been said. */
  private void cancel() {
    client
        .command("cancel", Map.of("run_id", run))
        .completeOnTimeout(null, 2, TimeUnit.SECONDS)
        .exceptionally(refused -> null)
        .join();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Delivery delivery) {
    switch (delivery) {
      case Delivery.Event event -> show(event.frame());
      case Delivery.Snapshot snapshot -> {
        if (snapshot.frame().fields().get("state") instanceof Map<?, ?> state
            && state.get("text") instanceof String text) {
          print(text);
        }
      }
      case Delivery.Gap gap -> note("something was missed (" + gap.reason() + ")");
    }
    out.flush();
    err.flush();
  }

  private void show(Frame frame) {
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
        end.complete(true);
      }
      case "complete" -> {
        bar.clear();
        out.println(Talk.plain(frame.json()));
        end.complete(true);
      }
      case "cancelled" -> {
        note("cancelled");
        end.complete(false);
      }
      case "error" -> {
        note("failed: " + line(frame, "code") + ": " + line(frame, "message"));
        end.complete(false);
      }
      default -> {}
    }
  }

  private void print(String text) {
    bar.clear();
    out.print(Talk.plain(text));
    midLine = !text.endsWith("\n");
  }

  private void note(String text) {
    bar.clear();
    if (terminal && midLine) {
      err.println();
      midLine = false;
    }
    err.println("* " + Talk.plain(text));
  }

  private void progress(Frame frame) {
    bar.show(frame.number("progress", 0), line(frame, "message"));
  }

  private static String line(Frame frame, String field) {
    return Talk.plain(String.valueOf(frame.text(field))).replace('\n', ' ');
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

  @Override
  public void onError(@Nullable Throwable why) {
    end.completeExceptionally(why == null ? new IllegalStateException("ended") : why);
  }

  @Override
  public void onComplete() {
    end.complete(false);
  }
}
