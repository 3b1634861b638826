package dev.holdfast.client.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast terminals}: which terminals there are. */
public final class TerminalsCommand extends ClientCommand {

  private static final String DESCRIPTION = "list the terminals that are open or can still be read";
  private static final String ROW = "%-26s %-10s %-7s %7s %-8s %s%n";

  public TerminalsCommand() {
    super("terminals", DESCRIPTION);
  }

  @Override
  Callable<Integer> call() {
    return new Run();
  }

  @Command(description = DESCRIPTION, mixinStandardHelpOptions = true, sortOptions = false)
  private static final class Run implements Callable<Integer> {

    @Mixin private Listing listing = new Listing();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      listing.show(
          out,
          "/api/terminals",
          "terminals",
          "There are no terminals that you may see.",
          () -> out.printf(ROW, "TERMINAL", "USER", "SIZE", "VIEWERS", "STATE", "COMMAND"),
          terminal -> print(out, terminal));
      return 0;
    }

    private static void print(PrintWriter out, Map<?, ?> terminal) {
      out.printf(
          ROW,
          terminal.get("terminal_id"),
          Talk.plain(String.valueOf(terminal.get("user_id"))),
          terminal.get("cols") + "x" + terminal.get("rows"),
          terminal.get("viewers"),
          Boolean.TRUE.equals(terminal.get("running")) ? "running" : "ended",
          Listing.line(terminal.get("command")));
    }
  }
}
