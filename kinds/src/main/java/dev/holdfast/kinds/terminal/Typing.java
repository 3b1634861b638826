package dev.holdfast.kinds.terminal;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The typing into a terminal: whoever types writes at once what there is room for, and the thread
 * of all terminals the rest; what is typed after a resize waits for it. Any thread.
 */
final class Typing {

  private final PtyProgram program;
  private final PtyLoop loop;
  private final TerminalFigures figures;
  private final Typed typed;
  private final @Nullable InputFilter filter;

  /** Resizes that wait for the thread of all terminals. */
  private final AtomicInteger resizing = new AtomicInteger();

  private volatile long lastNanos;
  private boolean over;

  Typing(PtyProgram program, PtyLoop loop, TerminalSettings settings, TerminalFigures figures) {
    this.program = program;
    this.loop = loop;
    this.figures = figures;
    this.lastNanos = System.nanoTime();
    this.typed = new Typed(settings.inputRate(), settings.inputBurst(), lastNanos);
    this.filter = settings.strict() ? new InputFilter() : null;
  }

  /** Why something must not be typed here; null where it may. Asked once, before it is typed. */
  @Nullable String refuses(String text) {
    synchronized (typed) {
      return filter == null ? null : filter.refuses(text);
    }
  }

  /** When something was typed last. */
  long lastNanos() {
    return lastNanos;
  }

  /** Whether it waits for the program to read. */
  boolean full() {
    synchronized (typed) {
      return typed.full();
    }
  }

  /** When more may be written; {@link Long#MAX_VALUE} where no time has to come for that. */
  long due() {
    synchronized (typed) {
      return typed.due();
    }
  }

  /** Types something; false where the program has too much to read. */
  boolean put(byte[] data) {
    long now = System.nanoTime();
    boolean first;
    synchronized (typed) {
      first = typed.isEmpty();
      if (!typed.add(data)) {
        return false;
      }
    }
    lastNanos = now;
    // What is typed after a resize is not read before it.
    if (first && resizing.get() == 0) {
      send(now);
    }
    synchronized (typed) {
      if (!typed.isEmpty()) {
        loop.wake();
      }
    }
    return true;
  }

  /** Resizes on the thread of all terminals, soon: what is typed from now on waits for that. */
  void after(Runnable resize) {
    resizing.incrementAndGet();
    loop.execute(() -> {
      try {
        resize.run();
      } finally {
        resizing.decrementAndGet();
        send(System.nanoTime());
      }
    });
  }

  /** Writes what can be written now. */
  synchronized void send(long now) {
    // What was typed after a resize waits for it, whoever comes to write.
    if (!over && resizing.get() == 0) {
      synchronized (typed) {
        figures.input.add(typed.write(program::write, now));
      }
    }
  }

  /** Nothing is written any more: the descriptor may be somebody else's soon. */
  synchronized void end() {
    over = true;
  }
}
