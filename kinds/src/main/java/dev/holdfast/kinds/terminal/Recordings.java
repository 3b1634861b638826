package dev.holdfast.kinds.terminal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread that writes all recordings, and the bounds of what waits for it: a disk that is slow
 * or stuck costs some of what is recorded, and no terminal waits for it. Any thread.
 */
final class Recordings implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Recordings.class.getName());

  /** Bytes that wait for the disk, of all recordings. */
  private static final long MOST = 32 * 1024 * 1024;

  /** Bytes of one that wait: a tenth of a second of a program that says as much as can be read. */
  static final long MOST_OF_ONE = MOST / 4;

  private static final int PATIENCE_SECONDS = 5;

  private final AtomicLong waiting = new AtomicLong();
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("holdfast-recordings").factory());

  /** Takes so much of the room for what waits; false where there is not as much. */
  boolean take(long bytes) {
    boolean room = waiting.addAndGet(bytes) <= MOST;
    if (!room) {
      giveBack(bytes);
    }
    return room;
  }

  /** So much waits no longer. */
  void giveBack(long bytes) {
    waiting.addAndGet(-bytes);
  }

  /**
   * Does something on the thread that may wait for the disk, after all that was asked before; false
   * where it is closed.
   */
  boolean execute(Runnable work) {
    try {
      writer.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Returns when all is written, or the disk takes too long. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "not all that was said is recorded");
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
