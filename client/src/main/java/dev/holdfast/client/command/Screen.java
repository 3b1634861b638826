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

  /** What programs set up in a terminal that is used for something else from now on. */
  private static final String AS_BEFORE =
      "\033[?1049l\033[?9l\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1005l\033[?1006l"
          + "\033[?1015l\033[?2004l\033[<9u\033[>4m\033[!p\033[?25h\033[0m\r\n";

  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final Client client;
  private final String id;
  private final boolean viewOnly;
  private final OutputStream out;
  private final PrintWriter err;
  private volatile boolean detached;

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

  /** Shows it until it ends or is detached from; returns its exit code. */
  static int show(Client client, String id, boolean viewOnly, PrintWriter err)
      throws IOException, InterruptedException, ExecutionException {
    if (!ClientCommand.atTerminal()) {
      Screen screen = new Screen(client, id, viewOnly, System.out, err);
      screen.follow();
      Thread.ofPlatform()
          .daemon()
          .name("holdfast-typed")
          .start(() -> screen.typed(System.in, false));
      return screen.end.get();
    }
    Screen screen;
    int code;
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      Attributes before = terminal.enterRawMode();
      terminal.setAttributes(raw(terminal.getAttributes()));
      try {
        screen = new Screen(client, id, viewOnly, terminal.output(), err);
        if (!viewOnly) {
          terminal.handle(Terminal.Signal.WINCH, signal -> screen.resized(terminal.getSize()));
          screen.resized(terminal.getSize());
        }
        screen.follow();
        Thread.ofPlatform()
            .daemon()
            .name("holdfast-typed")
            .start(() -> screen.typed(terminal.input(), true));
        code = screen.end.get();
      } finally {
        terminal.output().write(AS_BEFORE.getBytes(StandardCharsets.US_ASCII));
        terminal.output().flush();
        terminal.setAttributes(before);
      }
    }
    // Only now, as what programs had painted over is back.
    if (screen.detached) {
      err.println("* detached: holdfast attach " + id);
      err.flush();
    }
    return code;
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
        if (raw && text.indexOf(DETACH) >= 0) {
          detached = true;
          end.complete(DETACHED);
          return;
        }
        say(text);
      }
      if (!raw && !viewOnly) {
        var _ = client.command("signal", Map.of("terminal_id", id, "signal", "EOF"));
      }
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  private void say(String text) {
    if (!text.isEmpty() && !viewOnly) {
      var _ =
          client
              .command("input", Map.of("terminal_id", id, "data", text))
              .exceptionally(failure -> {
                err.println("* " + ClientCommand.why(failure) + "\r");
                err.flush();
                return null;
              });
    }
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
                      Math.min(size.getRows(), 500),
                      "cols",
                      Math.min(size.getColumns(), 500)))
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

  private void write(@Nullable String text) throws IOException {
    if (text != null) {
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
