package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast attach}: a terminal that is open. */
public final class AttachCommand extends ClientCommand {

  public AttachCommand() {
    super("attach", "attach to a terminal that is open", Run::new);
  }

  @Command(footer = {"", "Ctrl-\\ detaches. Exit code: that of the program."})
  private static final class Run extends Action {

    @Parameters(index = "0", paramLabel = "TERMINAL", description = "The terminal.")
    private String id = "";

    @Option(
        names = "--view",
        description = "Only look: nothing is typed, and the size of this window does not count.")
    private boolean viewOnly;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
      Again again = new Again();
      try (Client client = Target.connect(target.client().listener(again))) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        return Screen.show(client, size -> id, viewOnly, err, again);
      }
    }
  }
}
