package dev.holdfast.transport;

import java.util.Map;

/** Answers one HTTP request. Any thread; the first answer counts. */
@FunctionalInterface
public interface HttpReply {

  /**
   * @param headers without content-length, which is added
   */
  void send(int status, Map<String, String> headers, byte[] body);
}
