package dev.holdfast.client;

import java.time.Duration;

/**
 * Is told what happens to a client. Called on the client's thread, one call at a time; whatever
 * blocks here keeps the client from reading.
 */
public interface Listener {

  /** A listener that does nothing. */
  Listener NONE = new Listener() {};

  /** Admitted: the frame is {@code connected}. */
  default void connected(Frame frame) {}

  /** The connection is lost; the next attempt comes after that time. */
  default void disconnected(String reason, Duration retryIn) {}

  /** The client has ended and will not connect again. */
  default void closed(String reason) {}

  /** An event of a feed that the client reads from admission on and has no subscriber for. */
  default void event(Delivery.Event event) {}

  /** A frame that answers no command and belongs to no feed: a broadcast, or an error. */
  default void frame(Frame frame) {}
}
