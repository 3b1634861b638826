package dev.holdfast.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is read as it comes. What is not read yet is bounded: the socket is
 * not read meanwhile. Filled on the event loop of the socket, read by one other thread.
 */
final class PieceStream extends InputStream {

  /** What waits to be read, before the socket is not read any more. */
  private static final int MOST_BYTES = 128 * 1024;

  private final Channel channel;
  private final long patienceNanos;
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private byte @Nullable [] current;
  private int at;
  private int waiting;
  private boolean paused;
  private boolean whole;
  private boolean broken;
  private boolean closed;

  /**
   * @param patienceNanos how long the next piece may take
   */
  PieceStream(Channel channel, long patienceNanos) {
    this.channel = channel;
    this.patienceNanos = patienceNanos;
  }

  /** The next piece has come. */
  synchronized void offer(ByteBuf piece) {
    if (closed || !piece.isReadable()) {
      return;
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.readBytes(bytes);
    pieces.add(bytes);
    waiting += bytes.length;
    if (waiting >= MOST_BYTES) {
      paused = true;
      channel.config().setAutoRead(false);
    }
    notifyAll();
  }

  /** That was all. */
  synchronized void end() {
    whole = true;
    notifyAll();
  }

  /** The client is gone. */
  synchronized void breakOff() {
    broken = true;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] into, int from, int most) throws IOException {
    if (most == 0) {
      return 0;
    }
    if (!await()) {
      return -1;
    }
    byte[] piece = current;
    if (piece == null) {
      piece = pieces.remove();
      current = piece;
      at = 0;
    }
    int count = Math.min(most, piece.length - at);
    System.arraycopy(piece, at, into, from, count);
    at += count;
    waiting -= count;
    if (at == piece.length) {
      current = null;
    }
    if (paused && waiting < MOST_BYTES / 2) {
      resume();
    }
    return count;
  }

  /** Waits until there is something to read; false at the end. */
  private boolean await() throws IOException {
    long until = System.nanoTime() + patienceNanos;
    while (current == null && pieces.isEmpty()) {
      if (closed || broken) {
        throw new IOException("the body broke off");
      }
      if (whole) {
        return false;
      }
      long left = until - System.nanoTime();
      if (left <= 0) {
        throw new IOException("the body does not go on");
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return true;
  }

  private void resume() {
    paused = false;
    channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
  }

  /** Whatever comes from now on is thrown away. */
  @Override
  public synchronized void close() {
    closed = true;
    pieces.clear();
    current = null;
    waiting = 0;
    if (paused) {
      resume();
    }
    notifyAll();
  }
}
