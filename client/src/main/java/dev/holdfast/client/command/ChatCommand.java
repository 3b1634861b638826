package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.client.Listener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast chat}: a channel in a terminal. */
public final class ChatCommand extends ClientCommand {

  public ChatCommand() {
    super("chat", "talk in a channel", Run::new);
  }

  @Command(
      footer = {
        "",
        "Each line is a message; a line that begins with / is for the client:",
        "  /who             who is in the channel",
        "  /history [N]     the last N messages",
        "  /msg USER TEXT   to one user alone",
        "  /quit            leave, as does the end of the input",
        "  //text           a message that begins with /"
      })
  private static final class Run extends Action {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "CHANNEL",
        defaultValue = "lobby",
        description = "The channel; ${DEFAULT-VALUE} unless said.")
    private String channel = "lobby";

    @Option(
        names = "--last",
        paramLabel = "N",
        defaultValue = "10",
        description = "Messages to show of what was said before; ${DEFAULT-VALUE} unless said.")
    private int last;

    @Option(names = "--json", description = "Show every event as it comes.")
    private boolean json;

    @Option(names = "--follow", description = "Stay when the input ends, until Ctrl-C; for pipes.")
    private boolean follow;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      return atTerminal() ? interactive() : piped(out);
    }

    private int interactive() throws IOException, InterruptedException {
      try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
        LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
        Consumer<String> show = line -> reader.printAbove(line);
        try (Client client = connect(show)) {
          Talk talk = begin(client, show);
          show.accept("* in " + channel + "; /quit or Ctrl-D leaves, /who tells who is here");
          while (talk.obey(reader.readLine(channel + "> "))) {
            // The next line.
          }
        } catch (EndOfFileException | UserInterruptException e) {
          // Ctrl-D, Ctrl-C: the usual ways to leave.
        }
      }
      return 0;
    }

    private int piped(PrintWriter out) throws IOException, InterruptedException {
      Consumer<String> show =
          line -> {
            synchronized (out) {
              out.println(line);
              out.flush();
            }
          };
      try (Client client = connect(show)) {
        Talk talk = begin(client, show);
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = input.readLine()) != null && talk.obey(line)) {
          // The next line.
        }
        talk.finish();
        if (follow) {
          Thread.currentThread().join();
        }
        return talk.failed() ? 1 : 0;
      }
    }

    private Client connect(Consumer<String> show) {
      return Target.connect(target.client().listener(new Told(show)));
    }

    private Talk begin(Client client, Consumer<String> show) throws InterruptedException {
      Talk talk = new Talk(client, channel, json, show);
      if (last > 0) {
        talk.history(last);
      }
      client.channel(channel).subscribe(talk);
      talk.finish();
      return talk;
    }
  }

  /** Says what becomes of the connection, and what comes to this user alone. */
  private static final class Told implements Listener {
    private final Consumer<String> show;
    private volatile boolean in;

    Told(Consumer<String> show) {
      this.show = show;
    }

    @Override
    public void disconnected(String reason, Duration retryIn) {
      show.accept("* connection lost (" + reason + "); back in " + retryIn.toMillis() + " ms");
    }

    @Override
    public void connected(Frame frame) {
      in = true;
      if (frame.flag("resumed")) {
        show.accept("* back, with nothing lost");
      }
    }

    @Override
    public void closed(String reason) {
      // Who never was in is told by the command's own failure.
      if (in && !reason.equals("closed")) {
        show.accept("* ended: " + reason);
      }
    }

    @Override
    public void event(Delivery.Event event) {
      show.accept(Talk.line(event.frame()));
    }

    @Override
    public void frame(Frame frame) {
      if (in) {
        show.accept(Talk.line(frame));
      }
    }
  }
}
