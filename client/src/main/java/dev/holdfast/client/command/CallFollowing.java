package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shows what comes of a call until its end. Any thread. */
final class CallFollowing implements Flow.Subscriber<Delivery> {

  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private final Client client;
  private final String requestId;
  private final String feed;
  private final boolean json;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ProgressBar bar;
  private boolean streamed;

  /**
   * @param ack the answer to the command
   * @param json whether the result is shown as it comes
   */
  CallFollowing(Client client, Frame ack, boolean json, PrintWriter out, PrintWriter err) {
    this.client = client;
    this.requestId = String.valueOf(ack.text("id"));
    this.feed = String.valueOf(ack.text("feed"));
    this.json = json;
    this.out = out;
    this.err = err;
    this.bar = new ProgressBar(err, ClientCommand.atTerminal());
  }

  /** Follows the call to its end, which Ctrl-C brings about; returns the exit code. */
  int toItsEnd() throws InterruptedException, ExecutionException {
    client.feed(feed, new Begin.Start()).subscribe(this);
    Thread hook = new Thread(this::cancel);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return end.get() ? 0 : 1;
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private void cancel() {
    client
        .command("cancel", Map.of("request_id", requestId))
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
            && state.get("result") instanceof Map<?, ?> result) {
          ended(result, snapshot.frame().json());
        }
      }
      case Delivery.Gap gap -> err.println("* something was missed (" + gap.reason() + ")");
    }
    out.flush();
    err.flush();
  }

  private void show(Frame frame) {
    switch (frame.type()) {
      case "progress" -> {
        long percent =
            frame.fields().get("progress_pct") instanceof Number number ? number.longValue() : 0;
        bar.show(percent, Talk.plain(String.valueOf(frame.text("message"))).replace('\n', ' '));
      }
      case "chunk" -> {
        bar.clear();
        if (!json) {
          out.print(Talk.plain(String.valueOf(frame.text("chunk"))));
          streamed = true;
        }
      }
      case "result" -> ended(frame.fields(), frame.json());
      default -> {}
    }
  }

  private void ended(Map<?, ?> result, String whole) {
    bar.clear();
    boolean ok = Boolean.TRUE.equals(result.get("ok"));
    if (streamed) {
      out.println();
    }
    if (json) {
      out.println(Talk.plain(whole));
    } else if (ok && result.get("outputs") instanceof List<?> outputs) {
      outputs.forEach(this::print);
    } else if (result.get("error") instanceof Map<?, ?> error) {
      err.println(
          "* failed: "
              + error.get("code")
              + ": "
              + Talk.plain(String.valueOf(error.get("message"))));
    }
    out.flush();
    err.flush();
    end.complete(ok);
  }

  private void print(@Nullable Object output) {
    if (output instanceof Map<?, ?> one && one.get("text") instanceof String text) {
      out.println(Talk.plain(text));
    } else if (output instanceof Map<?, ?> one) {
      out.println("(" + one.get("type") + ", shown with --json)");
    }
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
