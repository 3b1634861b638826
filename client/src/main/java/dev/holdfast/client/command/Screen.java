package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A terminal of the gateway in the terminal of this process: what is typed goes there, what it says
 * comes here. It takes up the place where it was after a cut. Any thread.
 */
final class Screen implements Flow.Subscriber<Delivery> {

  /** Ctrl-\ detaches. */
  private static final int DETACH = 0x1c;

  /** Characters of a frame: three bytes each at most, and a frame may type 2,048. */
  private static final int FRAME = 512;

  private static final int DETACHED = 0;

  /** What was typed just before is waited for, but not for long. */
  private static final long LAST_SECONDS = 1;

  /** The most rows and columns that a terminal of the gateway has. */
  static final int MOST = 500;

  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final Client client;
  private final String id;
  private final boolean viewOnly;
  private final OutputStream out;
  private final PrintWriter err;
  private volatile boolean detached;
  private final Traces traces = new Traces();
  private boolean over;

  /**
   * @param viewOnly whether nothing is typed here but the key that detaches
   */
  Screen(Client client, String id, boolean viewOnly, OutputStream out, PrintWriter err) {
    this.client = client;
    this.id = id;
    this.viewOnly = viewOnly;
    this.out = out;
    this.err = err;
  }

  /** Which terminal is shown, given the size of the one that it is shown in. */
  interface Which {
    String id(@Nullable Size size);
  }

  /**
   * Shows it until it ends or is detached from; returns its exit code.
   *
   * @param again is told when the client has come back
   */
  static int show(Client client, Which which, boolean viewOnly, PrintWriter err, Again again)
      throws IOException, InterruptedException, ExecutionException {
    if (!ClientCommand.atTerminal()) {
      Screen screen = new Screen(client, which.id(null), viewOnly, System.out, err);
      screen.follow();
      Thread.ofPlatform()
          .daemon()
          .name("holdfast-typed")
          .start(() -> screen.typed(System.in, false));
      return screen.end.get();
    }
    Screen screen;
    int code;
    try (LineSettings _ = LineSettings.now();
        Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      String id = which.id(terminal.getSize());
      screen = new Screen(client, id, viewOnly, terminal.output(), err);
      Attributes before = terminal.enterRawMode();
      terminal.setAttributes(raw(terminal.getAttributes()));
      try {
        code = screen.shownIn(terminal, again);
      } finally {
        again.say(() -> {});
        screen.leave();
        terminal.setAttributes(before);
      }
    }
    // Only now, as what programs had painted over is back.
    if (screen.detached) {
      err.println("* detached: holdfast attach " + screen.id);
      err.flush();
    }
    return code;
  }

  private int shownIn(Terminal terminal, Again again)
      throws IOException, InterruptedException, ExecutionException {
    write(Traces.TO_BEGIN_WITH);
    if (!viewOnly) {
      // A viewer that has come back has no size until it says so.
      again.say(() -> resized(terminal.getSize()));
      terminal.handle(Terminal.Signal.WINCH, signal -> resized(terminal.getSize()));
      resized(terminal.getSize());
    }
    follow();
    Thread.ofPlatform().daemon().name("holdfast-typed").start(() -> typed(terminal.input(), true));
    return end.get();
  }

  /** Nothing is shown any more. */
  private synchronized void leave() throws IOException {
    over = true;
    out.write(traces.undone().getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Every key goes to the program, and what it says to the screen, as it is. */
  private static Attributes raw(Attributes from) {
    Attributes raw = new Attributes(from);
    raw.setLocalFlags(
        EnumSet.of(LocalFlag.ISIG, LocalFlag.IEXTEN, LocalFlag.ICANON, LocalFlag.ECHO), false);
    raw.setInputFlags(EnumSet.of(InputFlag.ICRNL, InputFlag.INLCR, InputFlag.IXON), false);
    raw.setOutputFlag(OutputFlag.OPOST, false);
    return raw;
  }

  private void follow() {
    client.feed("terminal:" + id, new Begin.Start()).subscribe(this);
  }

  private void typed(InputStream in, boolean raw) {
    // Its decoder waits for the rest of a character.
    Reader typed = new InputStreamReader(in, StandardCharsets.UTF_8);
    char[] room = new char[FRAME];
    try {
      int read;
      while ((read = typed.read(room)) >= 0) {
        String text = new String(room, 0, read);
        int detach = raw ? text.indexOf(DETACH) : -1;
        if (detach >= 0) {
          detached = true;
          say(text.substring(0, detach))
              .completeOnTimeout(false, LAST_SECONDS, TimeUnit.SECONDS)
              .thenRun(() -> end.complete(DETACHED));
          return;
        }
        var _ = say(text);
      }
      if (!raw && !viewOnly) {
        var _ = client.command("signal", Map.of("terminal_id", id, "signal", "EOF"));
      }
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  /** Types it; tells when it has been, or could not be. */
  private CompletableFuture<Boolean> say(String text) {
    if (text.isEmpty() || viewOnly) {
      return CompletableFuture.completedFuture(true);
    }
    return client
        .command("input", Map.of("terminal_id", id, "data", text))
        .handle((frame, failure) -> {
          if (failure != null) {
            err.println("* " + ClientCommand.why(failure) + "\r");
            err.flush();
          }
          return failure == null;
        });
  }

  private void resized(Size size) {
    if (size.getRows() > 0 && size.getColumns() > 0) {
      var _ =
          client
              .command(
                  "resize",
                  Map.of(
                      "terminal_id",
                      id,
                      "rows",
                      Math.min(size.getRows(), MOST),
                      "cols",
                      Math.min(size.getColumns(), MOST)))
              .orTimeout(20, TimeUnit.SECONDS)
              .exceptionally(failure -> null);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Delivery delivery) {
    try {
      switch (delivery) {
        case Delivery.Event(_, _, Frame frame) when frame.type().equals("output") ->
            write(frame.text("data"));
        case Delivery.Event(_, _, Frame frame) when frame.type().equals("closed") ->
            end.complete((int) frame.number("exit_code", 1));
        case Delivery.Snapshot(_, _, Frame frame)
            when frame.fields().get("state") instanceof Map<?, ?> state ->
            write(String.valueOf(state.get("data")));
        default -> {
          // A gap is followed by the screen, and another size by what the program makes of it.
        }
      }
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  private synchronized void write(@Nullable String text) throws IOException {
    if (text != null && !over) {
      traces.notice(text);
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  @Override
  public void onError(@Nullable Throwable why) {
    end.completeExceptionally(why == null ? new IllegalStateException("ended") : why);
  }

  @Override
  public void onComplete() {
    end.complete(1);
  }
}
