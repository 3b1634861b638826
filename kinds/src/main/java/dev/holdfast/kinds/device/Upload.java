package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The right to upload one thing, once: for one command and while that has not ended, or from the
 * command that begins a recording to the one that ends it. Guarded by itself, but for what arrives,
 * which is for whoever holds the pen; any thread.
 */
final class Upload {

  /** What a command yields. */
  enum Yield {
    PICTURE,
    /** A recording that the command begins. */
    BEGUN,
    RECORDING
  }

  /** What it is good for to somebody who writes. */
  enum Use {
    GOOD,
    TAKEN_OVER,
    OVER
  }

  private enum State {
    /** The command that brought it has not ended. */
    DUE,
    /** That began a recording, which goes on. */
    RUNS,
    /** A command waits for the recording. */
    ASKED,
    OVER
  }

  /** Until when something is good: what arrives puts that off, within bounds. */
  private static final class Term {
    private final long spanMillis;
    private final long latestMillis;
    private long untilMillis;

    Term(long nowMillis, long spanMillis, long latestMillis) {
      this.spanMillis = spanMillis;
      this.latestMillis = latestMillis;
      this.untilMillis = nowMillis + spanMillis;
    }

    void renew(long nowMillis) {
      untilMillis = Math.max(untilMillis, Math.min(nowMillis + spanMillis, latestMillis));
    }
  }

  private static final long HOUR_MILLIS = 60 * 60 * 1_000L;

  final String token;
  final Arrival arrival;
  private final boolean begins;
  private final Semaphore pen = new Semaphore(1, true);
  private State state = State.DUE;
  private @Nullable InputStream writer;
  private @Nullable Media media;
  private Term due;
  private @Nullable Term runs;

  Upload(String token, Yield yield, Arrival arrival, long nowMillis, long deadlineMillis) {
    this.token = token;
    this.arrival = arrival;
    this.begins = yield == Yield.BEGUN;
    this.due = due(nowMillis, deadlineMillis);
  }

  /** What its command yields may put the deadline off by an hour. */
  private static Term due(long nowMillis, long deadlineMillis) {
    return new Term(nowMillis, deadlineMillis - nowMillis, deadlineMillis + HOUR_MILLIS);
  }

  /** What the device is told: one JSON object. */
  String json() {
    return new Members()
        .text("url", "/api/uploads/" + token)
        .text("method", "PUT")
        .text("tus", "1.0.0")
        .number("max_bytes", arrival.mostBytes)
        .object();
  }

  /**
   * Waits for the pen, which is the newest's: who writes already is broken off, for its connection
   * may be dead without anybody knowing. False where a newer one came meanwhile.
   */
  boolean begin(InputStream body) {
    InputStream before;
    synchronized (this) {
      before = writer;
      writer = body;
    }
    breakOff(before);
    pen.acquireUninterruptibly();
    if (use(body) != Use.TAKEN_OVER) {
      return true;
    }
    pen.release();
    return false;
  }

  private static void breakOff(@Nullable InputStream body) {
    if (body != null) {
      try {
        body.close();
      } catch (IOException e) {
        System.getLogger(Upload.class.getName())
            .log(System.Logger.Level.DEBUG, "was broken off already", e);
      }
    }
  }

  /** Gives the pen back. */
  void finish(InputStream body) {
    synchronized (this) {
      if (body.equals(writer)) {
        writer = null;
      }
    }
    pen.release();
  }

  synchronized Use use(InputStream body) {
    return state == State.OVER ? Use.OVER : body.equals(writer) ? Use.GOOD : Use.TAKEN_OVER;
  }

  /** Something has arrived: it is good for longer. */
  synchronized void renew(long nowMillis) {
    due.renew(nowMillis);
    if (runs != null) {
      runs.renew(nowMillis);
    }
  }

  /** When its command ends without a result. */
  synchronized long dueMillis() {
    return due.untilMillis;
  }

  /** Until when it is good. */
  synchronized long untilMillis() {
    return switch (state) {
      case DUE -> due.untilMillis;
      case RUNS -> Objects.requireNonNull(runs).untilMillis;
      case ASKED -> Math.max(due.untilMillis, Objects.requireNonNull(runs).untilMillis);
      case OVER -> Long.MIN_VALUE;
    };
  }

  /**
   * Its command has gone well: it goes on without one if that began a recording, for an hour after
   * each piece and a day at most.
   */
  synchronized boolean run(long nowMillis) {
    boolean can = state == State.DUE && begins;
    if (can) {
      state = State.RUNS;
      runs = new Term(nowMillis, HOUR_MILLIS, nowMillis + Devices.LONGEST.toMillis());
    }
    return can;
  }

  /** A command waits for the recording; false where that can't be had, or another waits for it. */
  synchronized boolean ask(long nowMillis, long deadlineMillis) {
    boolean can = state == State.RUNS && untilMillis() > nowMillis;
    if (can) {
      state = State.ASKED;
      due = due(nowMillis, deadlineMillis);
    }
    return can;
  }

  /** The command that waited for the recording has failed, which goes on; false where none did. */
  synchronized boolean askedInVain() {
    boolean was = state == State.ASKED;
    if (was) {
      state = State.RUNS;
    }
    return was;
  }

  /** It is stored; false where it is over meanwhile. */
  synchronized boolean done(Media stored) {
    if (state == State.OVER) {
      return false;
    }
    media = stored;
    return true;
  }

  /** What was uploaded; null for nothing, or not yet. */
  synchronized @Nullable Media media() {
    return media;
  }

  /** It is not good any more; whether something may be left of it. */
  boolean end() {
    InputStream before;
    synchronized (this) {
      state = State.OVER;
      before = writer;
    }
    breakOff(before);
    return media() == null;
  }

  /** Nothing of it is left; waits for who writes. */
  void discard() {
    pen.acquireUninterruptibly();
    try {
      arrival.discard();
    } finally {
      pen.release();
    }
  }
}
