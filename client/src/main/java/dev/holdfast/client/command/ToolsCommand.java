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

/** {@code holdfast tools}: which tools there are. */
public final class ToolsCommand extends ClientCommand {

  private static final String DESCRIPTION = "list the tools that you may call";

  public ToolsCommand() {
    super("tools", DESCRIPTION);
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
          "/api/tools",
          "tools",
          "There are no tools that you may call.",
          () -> {},
          tool -> print(out, tool));
      return 0;
    }

    private static void print(PrintWriter out, Map<?, ?> tool) {
      String name = Talk.plain(String.valueOf(tool.get("name")));
      String about = Talk.plain(String.valueOf(tool.get("description"))).replace('\n', ' ');
      out.printf("%-30s %s%n", name, about);
      if (tool.get("inputSchema") instanceof Map<?, ?> schema
          && schema.get("properties") instanceof Map<?, ?> properties
          && !properties.isEmpty()) {
        out.printf(
            "%-30s arguments: %s%n",
            "",
            Talk.plain(
                String.join(" ", properties.keySet().stream().map(String::valueOf).toList())));
      }
    }
  }
}
