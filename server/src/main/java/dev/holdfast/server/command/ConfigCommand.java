package dev.holdfast.server.command;

import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.config.Key;
import dev.holdfast.server.config.Reference;
import dev.holdfast.server.config.Values;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** {@code holdfast config}: the configuration in force, with where each value came from. */
public final class ConfigCommand implements ToolProvider {

  private static final String DESCRIPTION = "print the configuration in force";

  private final Map<String, String> environment;

  /** Reads the environment of this process. */
  public ConfigCommand() {
    this(System.getenv());
  }

  ConfigCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return "config";
  }

  @Override
  public Optional<String> description() {
    return Optional.of(DESCRIPTION);
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Run(environment)).setOut(out).setErr(err).execute(args);
  }

  private enum Format {
    yaml,
    json
  }

  /** One call. */
  @Command(
      name = "holdfast config",
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false)
  private static final class Run implements Callable<Integer> {
    private static final ObjectWriter FLAT = JsonMapper.builder().build().writer();
    private static final ObjectWriter JSON = FLAT.withDefaultPrettyPrinter();

    private final Map<String, String> environment;

    @Mixin private ConfigOptions config = new ConfigOptions();

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; yaml by default.")
    private Format format = Format.yaml;

    @Option(names = "--reference", description = "Print all that can be configured instead.")
    private boolean reference;

    @Spec private @Nullable CommandSpec spec;

    Run(Map<String, String> environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      CommandLine line = line();
      if (reference) {
        line.getOut().print(Reference.page());
        line.getOut().flush();
        return 0;
      }
      Values values = Values.read(config.options(), environment);
      line.getOut().print(format == Format.json ? json(values) : yaml(values));
      line.getOut().flush();
      try {
        Config.of(values, config.options().dev());
        return 0;
      } catch (ConfigException e) {
        e.problems().forEach(problem -> line.getErr().println("holdfast: " + problem));
        line.getErr().flush();
        return 1;
      }
    }

    private CommandLine line() {
      if (spec == null) {
        throw new IllegalStateException("picocli sets it");
      }
      return spec.commandLine();
    }

    private static String yaml(Values values) {
      StringBuilder text = new StringBuilder();
      for (Key key : Key.values()) {
        Object shown = values.shown(key);
        text.append(shown == null ? "# " : "")
            .append(key.text())
            .append(": ")
            .append(shown == null ? "" : FLAT.writeValueAsString(shown))
            .append("  # ")
            .append(values.origin(key))
            .append('\n');
      }
      return text.toString();
    }

    private static String json(Values values) {
      Map<String, Object> all = new LinkedHashMap<>();
      for (Key key : Key.values()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("value", values.shown(key));
        entry.put("source", values.origin(key));
        all.put(key.text(), entry);
      }
      return JSON.writeValueAsString(all) + "\n";
    }
  }
}
