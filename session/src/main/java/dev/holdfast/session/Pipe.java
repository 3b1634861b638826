package dev.holdfast.session;

/**
 * The transport's half of a connection: where its frames go out. Used on the connection's loop
 * only.
 */
public interface Pipe {

  /**
   * How many bytes of event frames may be sent now without the pipe getting fuller than its mark; 0
   * or less when none. After that {@link Connection#writable} says when there is room again.
   */
  int room();

  /**
   * Sends one text frame; it leaves at the next flush at the latest. Answers may be sent when there
   * is no room: the transport then stops reading from the client until they have left.
   */
  void send(byte[] text);

  /** Sends a ping that is answered by {@link Connection#pong} with the same token. */
  void ping(long token);

  /**
   * Hands everything sent so far to the network. The transport does so by itself after each batch
   * of reads of this connection.
   */
  void flush();

  /** The client is known now: its frames may be as large as the settings say. */
  void admitted();

  /** Stops reading from the client, or goes on. */
  void reading(boolean on);

  /** Sends what was sent before, then a close frame, then closes; later calls do nothing. */
  void close(int code, String reason);
}
