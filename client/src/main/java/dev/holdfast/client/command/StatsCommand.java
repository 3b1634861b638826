package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast stats}: who is connected, and how many are in which channel. */
public final class StatsCommand extends ClientCommand {

  public StatsCommand() {
    super("stats", "show connections, users and channels", Run::new);
  }

  @Command(description = "show connections, users and channels; needs the role admin")
  private static final class Run extends Action {

    @Option(names = "--json", description = "The answer as it comes.")
    private boolean json;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      try (Client client = target.connect()) {
        Frame stats = client.command("get_stats", Map.of()).orTimeout(20, TimeUnit.SECONDS).join();
        if (json) {
          out.println(stats.json());
        } else if (stats.fields().get("data") instanceof Map<?, ?> data) {
          print(out, data);
        }
        out.flush();
        return 0;
      }
    }

    private static void print(PrintWriter out, Map<?, ?> data) {
      // This command's own connection is one of them.
      out.printf("connections      %s%n", data.get("connections"));
      out.printf("connected users  %s%n", data.get("connected_users"));
      out.printf("active channels  %s%n", data.get("active_channels"));
      if (data.get("channels") instanceof Map<?, ?> channels) {
        channels.forEach((name, count) -> out.printf("%8s  %s%n", count, name));
      }
    }
  }
}
