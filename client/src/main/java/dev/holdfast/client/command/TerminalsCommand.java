package dev.holdfast.client.command;

import java.io.PrintWriter;
import java.util.Map;

/** {@code holdfast terminals}: which terminals there are. */
public final class TerminalsCommand extends ClientCommand {

  private static final String ROW = "%-26s %-10s %-7s %7s %-8s %s%n";

  public TerminalsCommand() {
    super("terminals", "list the terminals that are open or can still be read", Run::new);
  }

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
