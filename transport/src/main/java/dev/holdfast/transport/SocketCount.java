package dev.holdfast.transport;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the open sockets. Any thread. */
final class SocketCount {

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  SocketCount(int most) {
    this.most = most;
  }

  int open() {
    return open.get();
  }

  /** Counts it until it is closed; false when there are too many. */
  boolean enter(Channel channel) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return false;
    }
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    return true;
  }
}
