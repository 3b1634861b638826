package dev.holdfast.client.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast exec}: an agent executes an action. */
public final class ExecCommand extends ClientCommand {

  public ExecCommand() {
    super("exec", "have an agent execute an action, and follow it", Run::new);
  }

  @Command(
      footer = {
        "",
        "The end goes to standard output as JSON, all else to standard error. Ctrl-C",
        "cancels it. Exit code: 0 when it is complete, 1 when it failed or was",
        "cancelled."
      })
  private static final class Run extends Action {

    @Parameters(index = "0", paramLabel = "AGENT", description = "The agent.")
    private String agent = "";

    @Parameters(index = "1", paramLabel = "ACTION", description = "The action.")
    private String action = "";

    @Option(
        names = "--param",
        paramLabel = "KEY=VALUE",
        description = "A parameter; the value is JSON, or else a text as it stands.")
    private Map<String, String> params = new LinkedHashMap<>();

    @Option(
        names = "--params",
        paramLabel = "JSON",
        description = "All parameters, as one JSON value.")
    private @Nullable String json;

    @Mixin private RunOptions options = new RunOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
      CommandSpec line = Objects.requireNonNull(spec);
      PrintWriter out = line.commandLine().getOut();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("agent_id", agent);
      fields.put("action", action);
      Object given = Values.of(line, "--param", params, json);
      if (given != null) {
        fields.put("params", given);
      }
      return options.start(fields, out, line.commandLine().getErr());
    }
  }
}
