package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shows what comes of a piece of work until its end, which Ctrl-C brings about. Any thread. */
abstract class Following implements Flow.Subscriber<Delivery> {

  final Client client;
  final PrintWriter out;
  final PrintWriter err;
  final ProgressBar bar;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private final String feed;
  private final Map<String, String> what;

  /**
   * @param feed tells of the work
   * @param what names it when it is cancelled
   */
  Following(
      Client client, String feed, Map<String, String> what, PrintWriter out, PrintWriter err) {
    this.client = client;
    this.feed = feed;
    this.what = what;
    this.out = out;
    this.err = err;
    this.bar = new ProgressBar(err, ClientCommand.atTerminal());
  }

  abstract void event(Frame frame);

  /**
   * What it came to while nobody looked.
   *
   * @param state of the snapshot
   */
  abstract void state(Map<?, ?> state, Frame frame);

  /** Shows a line beside what comes. */
  void note(String text) {
    bar.clear();
    err.println("* " + Talk.plain(text));
  }

  /** What it has come to is shown before anybody goes on. */
  final void ended(boolean well) {
    out.flush();
    err.flush();
    end.complete(well);
  }

  /** A field's text, in one line and without control characters. */
  static String line(Frame frame, String field) {
    return Talk.plain(String.valueOf(frame.text(field))).replace('\n', ' ');
  }

  /** Follows it to its end; returns the exit code. */
  final int toItsEnd() throws InterruptedException, ExecutionException {
    client.feed(feed, new Begin.Start()).subscribe(this);
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
        .command("cancel", what)
        .completeOnTimeout(null, 2, TimeUnit.SECONDS)
        .exceptionally(refused -> null)
        .join();
  }

  @Override
  public final void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public final void onNext(Delivery delivery) {
    switch (delivery) {
      case Delivery.Event event -> event(event.frame());
      case Delivery.Snapshot snapshot -> {
        if (snapshot.frame().fields().get("state") instanceof Map<?, ?> state) {
          state(state, snapshot.frame());
        }
      }
      case Delivery.Gap gap -> note("something was missed (" + gap.reason() + ")");
    }
    out.flush();
    err.flush();
  }

  @Override
  public final void onError(@Nullable Throwable why) {
    end.completeExceptionally(why == null ? new IllegalStateException("ended") : why);
  }

  @Override
  public final void onComplete() {
    end.complete(false);
  }
}
