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

/** {@code holdfast agents}: which agents there are. */
public final class AgentsCommand extends ClientCommand {

  private static final String DESCRIPTION = "list the agents that may be run";

  public AgentsCommand() {
    super("agents", DESCRIPTION);
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
          "/api/agents",
          "agents",
          "There are no agents that you may run.",
          () -> {},
          agent -> print(out, agent));
      return 0;
    }

    private static void print(PrintWriter out, Map<?, ?> agent) {
      String id = Talk.plain(String.valueOf(agent.get("agent_id")));
      out.printf("%-20s %s%n", id, Talk.plain(String.valueOf(agent.get("description"))));
      String actions = Listing.line(agent.get("actions"));
      if (!actions.isEmpty()) {
        out.printf("%-20s actions: %s%n", "", actions);
      }
    }
  }
}
