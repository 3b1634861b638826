package dev.holdfast.session;

/** Is told what happens, for metrics. Any thread; must return at once. */
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

  /** A connection was closed. */
  default void closed(int code) {}
}
