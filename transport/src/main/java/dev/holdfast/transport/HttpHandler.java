package dev.holdfast.transport;

import java.io.InputStream;

/**
 * Answers the HTTP requests that are not for a WebSocket. Called on an event loop: must not block.
 * What it throws is logged and answered with status 500 and an error id.
 */
@FunctionalInterface
public interface HttpHandler {
  void handle(HttpRequest request, HttpReply reply);

  /** Whether the body of such a request is read as it comes, and may be of any length. */
  default boolean streams(String method, String path) {
    return false;
  }

  /**
   * Answers such a request. Called on a virtual thread of its own, which may wait; the body is
   * closed when this returns.
   *
   * @param request without its body
   */
  default void handle(HttpRequest request, InputStream body, HttpReply reply) {
    throw new UnsupportedOperationException();
  }
}
