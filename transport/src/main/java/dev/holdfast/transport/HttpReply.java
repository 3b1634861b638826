package dev.holdfast.transport;

import java.util.Map;

/** Answers one HTTP request. Any thread; the first answer counts. */
public interface HttpReply {

  /**
   * @param headers without content-length, which is added
   */
  void send(int status, Map<String, String> headers, byte[] body);

  /**
   * Begins an answer whose body comes piece by piece.
   *
   * @param headers with content-length where that is known, else it comes in chunks
   * @param closed run once when the client is gone or the body has ended, on an event loop
   */
  HttpBody stream(int status, Map<String, String> headers, Runnable closed);
}
