package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast call}: calls a tool. */
public final class CallCommand extends ClientCommand {

  public CallCommand() {
    super("call", "call a tool, and follow the call", Run::new);
  }

  @Command(
      footer = {
        "",
        "What the tool gives goes to standard output, all else to standard error. Ctrl-C",
        "cancels it. Exit code: 0 when it went well, else 1."
      })
  private static final class Run extends Action {

    @Parameters(index = "0", paramLabel = "TOOL", description = "The tool.")
    private String tool = "";

    @Option(
        names = "--arg",
        paramLabel = "KEY=VALUE",
        description = "An argument; the value is JSON, or else a text as it stands.")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--args", paramLabel = "JSON", description = "All arguments, as one object.")
    private @Nullable String all;

    @Option(names = "--json", description = "The result as it comes.")
    private boolean json;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
      CommandSpec line = Objects.requireNonNull(spec);
      Object arguments = Values.of(line, "--arg", values, all);
      PrintWriter out = line.commandLine().getOut();
      PrintWriter err = line.commandLine().getErr();
      try (Client client = target.connect()) {
        Frame ack =
            client
                .command(
                    "call_tool",
                    Map.of("name", tool, "arguments", arguments == null ? Map.of() : arguments))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        return new CallFollowing(client, ack, json, out, err).toItsEnd();
      }
    }
  }
}
