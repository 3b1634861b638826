package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast shell}: a new terminal on the gateway's machine. */
public final class ShellCommand extends ClientCommand {

  public ShellCommand() {
    super("shell", "open a terminal on the gateway's machine", Run::new);
  }

  @Override
  boolean ownOptionsFirst() {
    return true;
  }

  @Command(
      footer = {
        "",
        "Options come before the COMMAND. Ctrl-\\ detaches, and the program goes on:",
        "holdfast attach TERMINAL. Needs the role terminal. Exit code: that of the",
        "program."
      })
  private static final class Run extends Action {

    @Parameters(
        arity = "0..*",
        paramLabel = "COMMAND",
        description = "The program and its arguments; the shell where none is named.")
    private List<String> command = List.of();

    @Option(names = "--cwd", paramLabel = "DIR", description = "Where it works.")
    private @Nullable String folder;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
      PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
      Again again = new Again();
      try (Client client = Target.connect(target.client().listener(again))) {
        return Screen.show(client, size -> opened(client, size), false, err, again);
      }
    }

    private String opened(Client client, @Nullable Size size) {
      Map<String, Object> fields = new LinkedHashMap<>();
      if (!command.isEmpty()) {
        fields.put("command", command);
      }
      if (folder != null) {
        fields.put("cwd", folder);
      }
      if (size != null && size.getRows() > 0 && size.getColumns() > 0) {
        // The program may ask at once.
        fields.put("rows", Math.min(size.getRows(), Screen.MOST));
        fields.put("cols", Math.min(size.getColumns(), Screen.MOST));
      }
      Frame ack = client.command("open_terminal", fields).orTimeout(20, TimeUnit.SECONDS).join();
      return String.valueOf(ack.text("terminal_id"));
    }
  }
}
