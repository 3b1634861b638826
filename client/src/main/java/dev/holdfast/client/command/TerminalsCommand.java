package dev.holdfast.client.command;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

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
  private static final class Run extends Listing {

    Run() {
      super("terminals", "There are no terminals that you may see.");
    }

    @Override
    void head(PrintWriter out) {
      out.printf(ROW, "TERMINAL", "USER", "SIZE", "VIEWERS", "STATE", "COMMAND");
    }

    @Override
    void item(PrintWriter out, Map<?, ?> terminal) {
      out.printf(
          ROW,
          terminal.get("terminal_id"),
          text(terminal, "user_id"),
          terminal.get("cols") + "x" + terminal.get("rows"),
          terminal.get("viewers"),
          Boolean.TRUE.equals(terminal.get("running")) ? "running" : "ended",
          line(terminal.get("command")));
    }
  }
}
