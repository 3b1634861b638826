package dev.holdfast.client.command;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(names = "--json", description = "The answer as it comes.")
    private boolean json;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      String answer = target.get("/api/agents");
      if (json) {
        out.println(answer);
      } else {
        print(out, Frame.of(answer).fields().get("agents"));
      }
      out.flush();
      return 0;
    }

    private static void print(PrintWriter out, @Nullable Object agents) {
      if (!(agents instanceof List<?> list) || list.isEmpty()) {
        out.println("There are no agents that you may run.");
        return;
      }
      for (Object item : list) {
        if (item instanceof Map<?, ?> agent) {
          String actions =
              agent.get("actions") instanceof List<?> all
                  ? all.stream().map(String::valueOf).collect(Collectors.joining(" "))
                  : "";
          String id = Talk.plain(String.valueOf(agent.get("agent_id")));
          out.printf("%-20s %s%n", id, Talk.plain(String.valueOf(agent.get("description"))));
          if (!actions.isEmpty()) {
            out.printf("%-20s actions: %s%n", "", Talk.plain(actions));
          }
        }
      }
    }
  }
}
