package dev.holdfast.client.command;

import java.io.PrintWriter;
import java.util.Map;

/** {@code holdfast agents}: which agents there are. */
public final class AgentsCommand extends ClientCommand {

  public AgentsCommand() {
    super("agents", "list the agents that may be run", Run::new);
  }

  private static final class Run extends Listing {

    Run() {
      super("agents", "There are no agents that you may run.");
    }

    @Override
    void item(PrintWriter out, Map<?, ?> agent) {
      out.printf("%-20s %s%n", text(agent, "agent_id"), text(agent, "description"));
      String actions = line(agent.get("actions"));
      if (!actions.isEmpty()) {
        out.printf("%-20s actions: %s%n", "", actions);
      }
    }
  }
}
