package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * What an operator may know of a session. Immutable; any thread.
 *
 * @param ip where its connection comes from; null while it has none
 * @param createdMillis in milliseconds since 1970 UTC
 * @param feeds how many it reads
 * @param behind events that its connection has not been sent yet
 */
public record SessionInfo(
    String sessionId,
    String userId,
    boolean connected,
    @Nullable String ip,
    long createdMillis,
    int feeds,
    long behind,
    Figures figures) {

  /**
   * What came and went since it was begun.
   *
   * @param frames that came in
   * @param commands that were obeyed or refused
   * @param commandNanos that they took in all
   * @param slowestNanos the longest of them
   * @param refused frames that were malformed, or too many
   * @param events that were sent
   */
  public record Figures(
      long frames,
      long frameBytes,
      long commands,
      long commandNanos,
      long slowestNanos,
      long refused,
      long events,
      long eventBytes) {}
}
