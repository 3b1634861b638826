package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/** What a text frame from a client turned out to be. Immutable; any thread. */
public sealed interface Inbound permits ClientFrame, Inbound.Malformed {

  /** The command's own name, by which it is answered; null for none, or where it can't be read. */
  @Nullable String id();

  /**
   * A frame that cannot be obeyed; the connection lives on.
   *
   * @param id the command's id, where it could be read
   * @param message one line that names the field and the reason
   */
  record Malformed(@Nullable String id, ErrorCode code, String message) implements Inbound {}
}
