package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.terminal.screen.Sieve;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * What the program of a terminal says: read, appended to its feed, recorded, and followed on its
 * screen. On the thread of all terminals, but for what says otherwise.
 */
final class Speech {

  /** Output that follows other output so soon may wait a little for more. */
  private static final long BUSY_NANOS = 5_000_000;

  /**
   * Meanwhile the system's buffers fill: a program and its reader that wake each other for every
   * line get nothing else done. Linux has room for 12 KiB, which are said in 150 microseconds by
   * whoever says 80 MB a second, and then has to wait.
   */
  private static final long WAIT_NANOS = 100_000;

  /** What comes so soon after a key is what the key has brought about. */
  private static final long ECHO_NANOS = 100_000_000;

  /** What is no plain text may take so many times its length. */
  private static final int MOST_TIMES = 4;

  /** The system gives no more at once. */
  private static final int WHOLE_READ = 4_095;

  /** Reads of what a program that has ended left behind, at most. */
  private static final int LAST_READS = 256;

  private final PtyProgram program;
  private final PtyLoop loop;
  private final Owner owner;
  private final Follower follower;
  private final @Nullable Recorder recorder;
  private final TerminalSettings settings;
  private final TerminalFigures figures;
  private final InstantSource clock;
  private final Marks marks = new Marks();
  private final Sieve sieve = new Sieve();

  /** What is said at once at most: less where much of it is escaped, so that it costs the same. */
  private int piece;

  private @Nullable Room room;
  private long heard;
  private long saidAt;
  private long sayAt = Long.MAX_VALUE;

  /** The program has said more than was read at once: what waits for more gets it soon. */
  private boolean ahead;

  private volatile long bytes;
  private volatile long saidMillis;

  Speech(
      PtyProgram program,
      Owner owner,
      Follower follower,
      @Nullable Recorder recorder,
      Terminal.Surroundings around) {
    this.program = program;
    this.loop = around.loop();
    this.owner = owner;
    this.follower = follower;
    this.recorder = recorder;
    this.settings = around.settings();
    this.figures = around.figures();
    this.clock = around.clock();
    this.piece = settings.piece();
  }

  /** How much lies between its events. Any thread. */
  Marks marks() {
    return marks;
  }

  /** Bytes that the program has said. Any thread. */
  long bytes() {
    return bytes;
  }

  /** When it last said something, in milliseconds since 1970 UTC; 0 for never. Any thread. */
  long saidMillis() {
    return saidMillis;
  }

  /** When what waits for more has to be said; {@link Long#MAX_VALUE} where nothing does. */
  long due() {
    return sayAt;
  }

  /** Whether it had better not be asked for more yet. */
  boolean rests() {
    return sayAt != Long.MAX_VALUE && !ahead;
  }

  /**
   * Reads what there is.
   *
   * @param typedAt when something was typed last
   */
  void read(long now, long typedAt) {
    read(now, now - saidAt < BUSY_NANOS && now - typedAt > ECHO_NANOS);
  }

  /** Reads what there is, and says it at once. */
  void sayAll(long now) {
    read(now, false);
  }

  /**
   * Reads up to a piece, and tells of it.
   *
   * @param holds whether what is no whole piece may wait for more
   */
  private void read(long now, boolean holds) {
    Room into = room == null ? loop.borrow() : room;
    room = into;
    int before = into.length();
    boolean whole;
    ahead = false;
    do {
      int most = piece - into.length();
      whole = into.read(program, most) >= Math.min(most, WHOLE_READ);
      ahead |= whole;
      // To ask for more than there is has the system look for it, which takes its time; and what
      // is left of a piece is not worth a read of its own.
    } while (whole && piece - into.length() >= WHOLE_READ);
    heard += into.length() - before;
    figures.output.add(into.length() - before);
    bytes = heard;
    if (holds && !whole) {
      sayAt = Math.min(sayAt, now + WAIT_NANOS);
    } else {
      say(now);
    }
  }

  /** Tells of all that was read but the beginning of a character. */
  private void say(long now) {
    Room from = room;
    sayAt = Long.MAX_VALUE;
    if (from == null) {
      return;
    }
    int whole = from.whole();
    if (whole > 0) {
      saidAt = now;
      sieve.take(from.text(whole), from.plain());
      // What is plain and has no part of a question in it goes out as it came in.
      byte[] body = from.plain() && sieve.plain() ? from.body(heard) : null;
      int often = body == null ? MOST_TIMES : Math.min(MOST_TIMES, body.length / whole);
      piece = settings.piece() / Math.max(1, often);
      said(body);
    }
    from.drop(whole);
    if (from.length() == 0) {
      room = null;
      loop.giveBack(from);
    }
  }

  /**
   * @param body of the event, where it is at hand
   */
  private void said(byte @Nullable [] body) {
    long millis = clock.millis();
    saidMillis = millis;
    if (!sieve.shown().isEmpty()) {
      if (recorder != null) {
        recorder.said(millis, sieve.shown());
      }
      append(Payload.of("output", body == null ? Output.body(sieve.shown(), bytes) : body));
    }
    if (!sieve.whole().isEmpty()) {
      long offset = owner.feed().tail().offset();
      follower.said(offset, bytes, sieve.whole(), sieve.plain(), sieve.asked());
    }
  }

  private void append(Payload payload) {
    owner.append(payload);
    marks.add(Event.cost(payload), owner.feed().head().offset());
  }

  /** Resizes the terminal, after all that was said before. */
  void resize(Size to, String by) {
    say(System.nanoTime());
    program.resize(to);
    String name = new String(JsonStringEncoder.getInstance().quoteAsCharArray(by));
    append(
        Payload.of(
            "resized",
            "\"rows\":%d,\"cols\":%d,\"by\":\"%s\""
                .formatted(to.rows(), to.cols(), name)
                .getBytes(StandardCharsets.UTF_8)));
    if (recorder != null) {
      recorder.resized(clock.millis(), to);
    }
    follower.resized(owner.feed().tail().offset(), bytes, to);
  }

  /** Tells of what a program that has ended left behind. */
  void finish(long now) {
    long before;
    int reads = 0;
    do {
      before = bytes;
      read(now, false);
      reads++;
    } while (bytes > before && reads < LAST_READS);
    Room rest = room;
    if (rest != null) {
      // The beginning of a character that will never be whole.
      sieve.take(rest.text(rest.length()), false);
      said(null);
      rest.drop(rest.length());
      loop.giveBack(rest);
      room = null;
    }
    sieve.finish();
    said(null);
    if (recorder != null) {
      recorder.finish();
    }
  }
}
