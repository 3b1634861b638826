package dev.holdfast.server.config;

/**
 * How the log looks. Immutable; any thread.
 *
 * @param level the least severe: {@code error}, {@code warn}, {@code info}, {@code debug} or {@code
 *     trace}
 */
public record Logging(Format format, String level) {

  /** What a line of the log is. */
  public enum Format {
    /** Text on a terminal, else JSON. */
    AUTO,
    TEXT,
    JSON
  }
}
