package dev.holdfast.session;

import dev.holdfast.wire.ClientFrame;

/**
 * Obeys the commands that go to the owners of feeds; what concerns the session itself never comes
 * here.
 */
@FunctionalInterface
public interface Commands {

  /**
   * Obeys a command and answers it through the caller, at once or later. Called on the connection's
   * loop, in the order of the client's frames; must not block.
   */
  void execute(ClientFrame command, Caller caller);
}
