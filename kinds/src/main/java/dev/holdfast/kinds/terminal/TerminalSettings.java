package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How terminals are kept within bounds. Immutable; any thread.
 *
 * @param maxTerminals at once
 * @param maxPerUser at once
 * @param kept of a terminal's output
 * @param idle how long one lives that nobody watches and in which nothing happens
 * @param keptFor how long one that has ended can still be read
 * @param shell what is run where nobody names a command
 * @param commands programs that may be run, by their first word; empty for all
 * @param folder where they work unless told otherwise; null for where the gateway does
 * @param environment all that they have of one
 */
public record TerminalSettings(
    int maxTerminals,
    int maxPerUser,
    Retention kept,
    Duration idle,
    Duration keptFor,
    List<String> shell,
    List<String> commands,
    @Nullable Path folder,
    Map<String, String> environment) {

  public TerminalSettings {
    shell = List.copyOf(shell);
    commands = List.copyOf(commands);
    environment = Map.copyOf(environment);
  }
}
