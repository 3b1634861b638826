package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/** Is told what happens, for metrics and logs. Any thread; must return at once. */
public interface Telemetry {

  /** A telemetry that listens to nothing. */
  Telemetry NONE = new Telemetry() {};

  /** A text frame of that many bytes came in. */
  default void received(int bytes) {}

  /** A command was obeyed or refused; answers that come later are not waited for. */
  default void handled(String type, long nanos) {}

  /** So many events were sent, with so many bytes. */
  default void delivered(int events, long bytes) {}

  /** A reader was told that it lost so many events. */
  default void gap(String reason, long events) {}

  /** A client was refused, at the door or with a command. */
  default void refused(String reason) {}

  /** A connection was closed by the gateway. */
  default void closed(int code) {}

  /** A connection is served by a session from now on. */
  default void admitted(String connectionId, String sessionId, String userId, boolean resumed) {}

  /** A connection is gone, whoever ended it. */
  default void left(String connectionId) {}

  /**
   * A command failed by a fault of the gateway; the client was told the error id.
   *
   * @param commandId null where the command had none
   */
  default void failed(
      String errorId,
      String connectionId,
      String sessionId,
      @Nullable String commandId,
      RuntimeException why) {
    System.getLogger(Telemetry.class.getName())
        .log(System.Logger.Level.ERROR, "error " + errorId + " on " + connectionId, why);
  }
}
