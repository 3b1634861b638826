package dev.holdfast.transport;

/**
 * Answers the HTTP requests that are not for a WebSocket. Called on an event loop: must not block.
 * What it throws is logged and answered with status 500 and an error id.
 */
@FunctionalInterface
public interface HttpHandler {
  void handle(HttpRequest request, HttpReply reply);
}
