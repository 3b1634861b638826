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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast run}: an agent answers a prompt in a terminal. */
public final class RunCommand extends ClientCommand {

  public RunCommand() {
    super("run", "have an agent answer a prompt, and follow it", Run::new);
  }

  @Command(
      footer = {
        "",
        "Tokens go to standard output, all else to standard error. Ctrl-C cancels the",
        "run; --attach follows one that goes on. Exit code: 0 when it is done, 1 when it",
        "failed or was cancelled."
      })
  private static final class Run extends Action {

    @Parameters(index = "0", arity = "0..1", paramLabel = "AGENT", description = "The agent.")
    private @Nullable String agent;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PROMPT", description = "The prompt.")
    private @Nullable String prompt;

    @Option(names = "--attach", paramLabel = "RUN", description = "Follow this run instead.")
    private @Nullable String attach;

    @Option(
        names = "--conversation",
        paramLabel = "ID",
        description = "Go on with a conversation that the agent remembers.")
    private @Nullable String conversation;

    @Mixin private RunOptions options = new RunOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
      CommandSpec line = Objects.requireNonNull(spec);
      PrintWriter out = line.commandLine().getOut();
      PrintWriter err = line.commandLine().getErr();
      if ((attach == null) == (agent == null)) {
        throw new ParameterException(line.commandLine(), "an AGENT is needed, or --attach RUN");
      }
      if (attach != null && (conversation != null || options.begins())) {
        throw new ParameterException(
            line.commandLine(),
            "--attach follows a run that has begun: --conversation, --deadline, --cancel-after,"
                + " --publish-to and --guidance are for a new one");
      }
      if (attach != null) {
        return options.attach(attach, out, err);
      }
      if (prompt == null) {
        throw new ParameterException(line.commandLine(), "a PROMPT is needed");
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("agent_id", String.valueOf(agent));
      fields.put("prompt", prompt);
      if (conversation != null) {
        fields.put("conversation_id", conversation);
      }
      return options.start(fields, out, err);
    }
  }
}
