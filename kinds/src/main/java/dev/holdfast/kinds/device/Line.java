package dev.holdfast.kinds.device;

import java.time.Duration;

/** The way to a device, over the connection by which it registered. Any thread; never blocks. */
public interface Line {

  /** Asks it for a sign of life. */
  void probe(Duration within);

  /** Gives it up: its reading of its link ends soon, and {@link Devices#left} is told. */
  void hangUp(Link link, Why why);

  /** Why a line ends. */
  enum Why {
    /** The client is gone. */
    DISCONNECTED,
    /** A newer connection is that device. */
    TAKEN_OVER,
    /** It gave no sign of life. */
    SILENT,
    /** Its right to be there was taken back. */
    REVOKED
  }
}
