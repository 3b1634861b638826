package dev.holdfast.transport;

import java.io.IOException;

/** The body of an answer in the making. One thread, which must not be an event loop. */
public interface HttpBody {

  /**
   * Sends a piece; returns once it has left for the network, so that a slow client slows down
   * whoever writes and costs no memory.
   *
   * @throws IOException when the client is gone, or takes nothing for a minute
   */
  void write(byte[] piece) throws IOException, InterruptedException;

  /** Whether the client is there. */
  boolean open();

  /** Ends the body. */
  void end();

  /** Gives it up: the client sees that it is not whole. */
  void breakOff();
}
