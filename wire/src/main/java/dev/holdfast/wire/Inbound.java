package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/** What a text frame from a client turned out to be. Immutable; any thread. */
public sealed interface Inbound permits ClientFrame, Inbound.Malformed {

  /**
   * A frame that cannot be obeyed; the connection lives on.
   *
   * @param id the command's id, where it could be read
   * @param message one line that names the field and the reason
   */
  record Malformed(@Nullable String id, ErrorCode code, String message) implements Inbound {}
}
