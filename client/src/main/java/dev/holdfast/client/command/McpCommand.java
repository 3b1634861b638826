package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast mcp}: the tools of a gateway, for programs that start MCP servers. */
public final class McpCommand extends ClientCommand {

  public McpCommand() {
    super("mcp", "serve the gateway's tools over stdio, to an editor", Run::new);
  }

  @Command(
      footer = {
        "",
        "Speaks the Model Context Protocol on standard input and output until its input",
        "ends. One gateway serves many editors; calls go on over cut connections."
      })
  private static final class Run extends Action {

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
      PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
      try (Client client = target.connect()) {
        McpShim shim = new McpShim(client, System.in, System.out);
        err.println("* serving the tools of " + target.url());
        err.flush();
        try {
          shim.untilItsInputEnds();
        } finally {
          shim.close();
        }
      }
      return 0;
    }
  }
}
