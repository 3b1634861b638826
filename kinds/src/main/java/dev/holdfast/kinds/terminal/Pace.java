package dev.holdfast.kinds.terminal;

import java.util.List;

/**
 * How far ahead of its viewers a terminal is read. On the thread of all terminals, but for {@link
 * #paused}.
 */
final class Pace {

  private static final long LOOK_AGAIN_NANOS = 1_000_000_000;

  /** A viewer that was within a window so lately still keeps up. */
  private static final long MOMENT_NANOS = 100_000_000;

  private final List<Viewer> viewers;
  private final Marks marks;
  private final TerminalSettings settings;
  private final TerminalFigures figures;
  private long waitingSince;
  private long lookAgainAt;
  private volatile boolean paused;

  Pace(List<Viewer> viewers, Marks marks, TerminalSettings settings, TerminalFigures figures) {
    this.viewers = viewers;
    this.marks = marks;
    this.settings = settings;
    this.figures = figures;
  }

  /** Whether the program waits for its viewers. Any thread. */
  boolean paused() {
    return paused;
  }

  /** When the viewers have to be looked at though none has moved. */
  long due() {
    return paused ? lookAgainAt : Long.MAX_VALUE;
  }

  /** Whether to read on would be too much for its viewers. */
  boolean waits(long now) {
    boolean wait = lag(now) > settings.window();
    if (wait && !paused) {
      waitingSince = now;
      paused = true;
      // Whoever moved before this could be seen has woken nobody.
      wait = lag(now) > settings.window();
    }
    if (!wait) {
      goOn(now);
    }
    return wait;
  }

  /** It waits no longer. */
  void goOn(long now) {
    if (paused) {
      figures.pausedNanos.add(now - waitingSince);
      paused = false;
    }
  }

  /**
   * How far behind the viewers are that are waited for: whoever keeps up or has come just now, for
   * a moment, and else the fastest. 0 where there is none.
   */
  private long lag(long now) {
    long keepingUp = 0;
    long fastest = Long.MAX_VALUE;
    long fastestSkipped = Long.MAX_VALUE;
    lookAgainAt = now + LOOK_AGAIN_NANOS;
    for (Viewer viewer : viewers) {
      long place = viewer.behind();
      if (place != viewer.place) {
        viewer.place = place;
        viewer.movedAt = now;
        viewer.passedOver = false;
      }
      if (viewer.visible() && !viewer.passedOver) {
        long lag = marks.after(place);
        long waited = now - Math.max(viewer.movedAt, waitingSince);
        if (lag <= settings.window()) {
          viewer.keptUpAt = now;
        }
        if (paused && lag > 0 && waited > settings.patience().toNanos()) {
          // It does not move: whoever else watches must not wait for it for ever.
          viewer.passedOver = true;
        } else if (viewer.skipped()) {
          fastestSkipped = Math.min(fastestSkipped, lag);
        } else {
          fastest = Math.min(fastest, lag);
          if (now - viewer.keptUpAt < MOMENT_NANOS) {
            keepingUp = Math.max(keepingUp, lag);
            lookAgainAt = Math.min(lookAgainAt, viewer.keptUpAt + MOMENT_NANOS);
          }
        }
      }
    }
    long least = fastest == Long.MAX_VALUE ? fastestSkipped : fastest;
    return Math.max(keepingUp, least == Long.MAX_VALUE ? 0 : least);
  }
}
