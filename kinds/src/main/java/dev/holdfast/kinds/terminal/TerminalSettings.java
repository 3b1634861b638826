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
 * @param milestones at once, finished or not
 * @param milestonesPerUser at once, finished or not
 * @param kept of a terminal's output
 * @param scrollback lines of a screen that are kept when they leave it
 * @param idle how long one lives that nobody watches and in which nothing happens
 * @param keptFor how long one that has ended can still be read
 * @param patience how long the fastest viewer is waited for that does not move
 * @param inputRate what may be typed into each, in bytes a second; 0 for any number
 * @param inputBurst what may be typed at once
 * @param sizes whose size counts
 * @param recordings the folder for what they say; null for no recordings
 * @param recordingBytes the most of one
 * @param strict whether input is refused that would set a terminal up
 * @param shell what is run where nobody names a command
 * @param commands programs that may be run, by their first word; empty for all
 * @param folder where they work unless told otherwise; null for where the gateway does
 * @param environment all that they have of one
 */
public record TerminalSettings(
    int maxTerminals,
    int maxPerUser,
    int milestones,
    int milestonesPerUser,
    Retention kept,
    int scrollback,
    Duration idle,
    Duration keptFor,
    Duration patience,
    long inputRate,
    long inputBurst,
    SizePolicy sizes,
    boolean strict,
    @Nullable Path recordings,
    long recordingBytes,
    List<String> shell,
    List<String> commands,
    @Nullable Path folder,
    Map<String, String> environment) {

  /** More than that waits for no viewer, however much is retained. */
  private static final long MOST_WINDOW = 256 * 1024;

  private static final int SMALLEST_PIECE = 64;

  public TerminalSettings {
    shell = List.copyOf(shell);
    commands = List.copyOf(commands);
    environment = Map.copyOf(environment);
  }

  /** How far ahead of its fastest viewer a terminal is read, in bytes as retention counts them. */
  long window() {
    return Math.min(MOST_WINDOW, kept.bytes() / 2);
  }

  /** What is said at once at most, in bytes: a part of what is retained. */
  int piece() {
    return Math.clamp(kept.bytes() / 8, SMALLEST_PIECE, Room.SIZE);
  }
}
