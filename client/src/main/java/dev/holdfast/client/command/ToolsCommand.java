package dev.holdfast.client.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** {@code holdfast tools}: which tools there are. */
public final class ToolsCommand extends ClientCommand {

  public ToolsCommand() {
    super("tools", "list the tools that you may call", Run::new);
  }

  private static final class Run extends Listing {

    Run() {
      super("tools", "There are no tools that you may call.");
    }

    @Override
    void item(PrintWriter out, Map<?, ?> tool) {
      String about = text(tool, "description").replace('\n', ' ');
      out.printf("%-30s %s%n", text(tool, "name"), about);
      if (tool.get("inputSchema") instanceof Map<?, ?> schema
          && schema.get("properties") instanceof Map<?, ?> properties
          && !properties.isEmpty()) {
        out.printf("%-30s arguments: %s%n", "", line(List.copyOf(properties.keySet())));
      }
    }
  }
}
