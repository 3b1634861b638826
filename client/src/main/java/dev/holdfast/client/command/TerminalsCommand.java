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

/** {@code holdfast terminals}: which terminals there are. */
public final class TerminalsCommand extends ClientCommand {

  private static final String DESCRIPTION = "list the terminals that are open or can still be read";
  private static final String ROW = "%-26s %-10s %-7s %7s %-8s %s%n";

  public TerminalsCommand() {
    super("terminals", DESCRIPTION);
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
      String answer = target.get("/api/terminals");
      if (json) {
        out.println(answer);
      } else {
        print(out, Frame.of(answer).fields().get("terminals"));
      }
      out.flush();
      return 0;
    }

    private static void print(PrintWriter out, @Nullable Object terminals) {
      if (!(terminals instanceof List<?> list) || list.isEmpty()) {
        out.println("There are no terminals that you may see.");
        return;
      }
      out.printf(ROW, "TERMINAL", "USER", "SIZE", "VIEWERS", "STATE", "COMMAND");
      for (Object item : list) {
        if (item instanceof Map<?, ?> terminal) {
          String command =
              terminal.get("command") instanceof List<?> words
                  ? words.stream().map(String::valueOf).collect(Collectors.joining(" "))
                  : "";
          out.printf(
              ROW,
              terminal.get("terminal_id"),
              Talk.plain(String.valueOf(terminal.get("user_id"))),
              terminal.get("cols") + "x" + terminal.get("rows"),
              terminal.get("viewers"),
              Boolean.TRUE.equals(terminal.get("running")) ? "running" : "ended",
              Talk.plain(command));
        }
      }
    }
  }
}
