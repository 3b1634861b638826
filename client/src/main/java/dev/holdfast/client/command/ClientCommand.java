package dev.holdfast.client.command;

import dev.holdfast.client.CommandException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A subcommand that talks to a gateway: exit code 0, 1 for a failure, 2 for wrong usage. */
abstract class ClientCommand implements ToolProvider {

  private final String name;
  private final String description;
  private final Supplier<? extends Action> action;

  /** What a command does; its arguments and options are fields. */
  @Command(mixinStandardHelpOptions = true, sortOptions = false)
  abstract static class Action implements Callable<Integer> {}

  ClientCommand(String name, String description, Supplier<? extends Action> action) {
    this.name = name;
    this.description = description;
    this.action = action;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> description() {
    return Optional.of(description);
  }

  /** Whether what follows the first argument is not for this command, whatever it looks like. */
  boolean ownOptionsFirst() {
    return false;
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(action.get());
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    if (usage.description().length == 0) {
      usage.description(description);
    }
    return line.setStopAtPositional(ownOptionsFirst())
        .setCommandName("holdfast " + name)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((failure, _, _) -> {
          err.println("holdfast " + name + ": " + why(failure));
          err.flush();
          return 1;
        })
        .execute(args);
  }

  /** Whether a person sits there. */
  @SuppressWarnings("SystemConsoleNull") // it is null again where there is no terminal
  static boolean atTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** What went wrong, for a person. */
  static String why(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case CommandException refused -> String.valueOf(refused.getMessage());
      case IOException io when io.getMessage() != null -> io.getMessage();
      case IllegalArgumentException wrong when wrong.getMessage() != null -> wrong.getMessage();
      case TimeoutException _ -> "the gateway does not answer in time";
      default -> String.valueOf(cause);
    };
  }
}
