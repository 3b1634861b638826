package dev.holdfast.server;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.spi.ToolProvider;

/**
 * The entry point of the {@code holdfast} command: finds the subcommand named first and hands it
 * the other arguments. A subcommand is any {@link ToolProvider} on the class path that lies in one
 * of Holdfast's packages, so that a room adds one without this room knowing it.
 */
public final class Main {
  private static final int USAGE_ERROR = 2;

  private Main() {}

  public static void main(String[] args) {
    int status = run(System.out, System.err, args);
    if (status != 0) {
      System.exit(status);
    }
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    if (args.length == 0) {
      printHelp(err);
      return USAGE_ERROR;
    }
    return switch (args[0]) {
      case "--help", "-h", "help" -> {
        printHelp(out);
        yield 0;
      }
      case "--version", "-V" -> {
        out.println("holdfast " + version());
        yield 0;
      }
      case String name -> {
        Optional<ToolProvider> subcommand =
            subcommands().stream().filter(tool -> tool.name().equals(name)).findFirst();
        if (subcommand.isEmpty()) {
          err.println("holdfast: there is no subcommand '" + name + "'.");
          printHelp(err);
          yield USAGE_ERROR;
        }
        yield subcommand
            .get()
            .run(out, err, List.of(args).subList(1, args.length).toArray(String[]::new));
      }
    };
  }

  private static void printHelp(PrintStream out) {
    out.println("Usage: holdfast <subcommand> [options]");
    out.println();
    for (ToolProvider tool : subcommands()) {
      out.printf("  %-10s %s%n", tool.name(), tool.description().orElse(""));
    }
    out.println();
    out.println(
        "'holdfast <subcommand> --help' tells more. 'holdfast --version' tells the version.");
  }

  private static List<ToolProvider> subcommands() {
    return ServiceLoader.load(ToolProvider.class, Main.class.getClassLoader()).stream()
        .filter(provider -> provider.type().getName().startsWith("dev.holdfast."))
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(ToolProvider::name))
        .toList();
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
