package dev.holdfast.transport;

/** How frames leave a socket. On its event loop. */
interface Outlet {

  /** Bytes sent and not yet handed to the channel. */
  int held();

  void text(byte[] text);

  void ping(long token);

  void pong(byte[] payload);

  /** A close frame; nothing may be sent after it. */
  void close(int code, String reason);

  /** Hands everything to the network; returns the bytes sent since the last flush. */
  int flush();

  /** Lets go of what was not handed to the network. */
  void discard();
}
