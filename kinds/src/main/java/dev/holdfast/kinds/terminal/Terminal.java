package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.terminal.screen.Sieve;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * A program in a pseudo-terminal, and what it says. It is read whether or not anybody watches; as
 * long as somebody does it is read no further ahead than its fastest viewer can follow. Any thread.
 */
public final class Terminal {

  private static final System.Logger LOG = System.getLogger(Terminal.class.getName());

  private static final byte END_OF_INPUT = 4;

  /** Reads of what a program that has ended left behind, at most. */
  private static final int LAST_READS = 256;

  private final String id;
  private final String user;
  private final List<String> command;
  private final Owner owner;
  private final InstantSource clock;
  private final TerminalSettings settings;
  private final TerminalFigures figures;
  private final Consumer<Terminal> ended;
  private final PtyProgram program;
  private final PtyLoop loop;
  private final Follower follower;
  private final Marks marks = new Marks();
  private final List<Viewer> viewers = new CopyOnWriteArrayList<>();
  private final Pace pace;
  private final Flow flow;

  /** Resizes that wait for the thread of all terminals. */
  private final AtomicInteger resizing = new AtomicInteger();

  private final Typed typed;
  private final @Nullable InputFilter filter;
  private final @Nullable Recorder recorder;
  private Size size;

  /** How large it was before it was resized, by the event that tells so. */
  private final NavigableMap<Long, Size> sizesBefore = new TreeMap<>();

  private final long openedMillis;
  private volatile long bytes;
  private volatile long activeMillis;
  private volatile long endedMillis;
  private volatile long typedNanos;
  private volatile long interruptedAt;
  private volatile boolean over;

  private Terminal(
      String id,
      String user,
      List<String> command,
      Size size,
      Owner owner,
      Surroundings around,
      PtyProgram program,
      @Nullable Recorder recorder,
      Consumer<Terminal> ended) {
    this.id = id;
    this.user = user;
    this.command = command;
    this.size = size;
    this.owner = owner;
    this.clock = around.clock;
    this.settings = around.settings;
    this.figures = around.figures;
    this.loop = around.loop;
    this.program = program;
    this.recorder = recorder;
    this.ended = ended;
    this.openedMillis = clock.millis();
    this.activeMillis = openedMillis;
    long now = System.nanoTime();
    this.typed = new Typed(settings.inputRate(), settings.inputBurst(), now);
    this.typedNanos = now;
    this.filter = settings.strict() ? new InputFilter() : null;
    this.follower =
        new Follower(size, settings.scrollback(), around.screens, figures.snapshots, this::answer);
    this.pace = new Pace(viewers, marks, settings, figures);
    this.flow = new Flow();
    owner.snapshots(follower);
  }

  /**
   * What all terminals share.
   *
   * @param screens follows what they say
   */
  record Surroundings(
      TerminalSettings settings,
      InstantSource clock,
      PtyLoop loop,
      ScheduledExecutorService screens,
      TerminalFigures figures) {}

  /**
   * Starts a program. On a platform thread: what it inherits is set for that thread.
   *
   * @param ended is told once it is over
   * @throws IOException when it can't be started
   */
  static Terminal start(
      String id,
      String user,
      List<String> command,
      @Nullable Path folder,
      Size size,
      Owner owner,
      Surroundings around,
      Consumer<Terminal> ended)
      throws IOException {
    Map<String, String> all = new HashMap<>(around.settings.environment());
    all.putIfAbsent("TERM", "xterm-256color");
    PtyProgram program = PtyProgram.start(command, all, folder, size);
    Terminal terminal =
        new Terminal(
            id,
            user,
            command,
            size,
            owner,
            around,
            program,
            recorder(id, command, size, around),
            ended);
    around.loop.execute(() -> around.loop.add(terminal.flow));
    program.ended().thenRun(() -> around.loop.execute(terminal.flow::exited));
    return terminal;
  }

  private static @Nullable Recorder recorder(
      String id, List<String> command, Size size, Surroundings around) {
    Path folder = around.settings.recordings();
    if (folder == null) {
      return null;
    }
    try {
      return Recorder.begin(
          folder.resolve(id + ".cast"),
          size,
          command,
          around.clock.millis(),
          around.settings.recordingBytes());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a terminal is not recorded", e);
      return null;
    }
  }

  public String id() {
    return id;
  }

  public String user() {
    return user;
  }

  public List<String> command() {
    return command;
  }

  public Feed feed() {
    return owner.feed();
  }

  public synchronized Size size() {
    return size;
  }

  /** How large it was after that event of its feed. */
  public synchronized Size sizeAfter(long offset) {
    Map.Entry<Long, Size> next = sizesBefore.higherEntry(offset);
    return next == null ? size : next.getValue();
  }

  /** When it was opened, in milliseconds since 1970 UTC. */
  public long openedMillis() {
    return openedMillis;
  }

  /** The file with all that it has said so far; null where it is not recorded. */
  public @Nullable Path recording() {
    if (recorder == null) {
      return null;
    }
    recorder.flush();
    return recorder.file();
  }

  /** Nobody reads it any more. */
  void forget() {
    if (recorder != null) {
      recorder.forget();
    }
  }

  /** Who watches. */
  public List<Viewer> viewers() {
    return viewers;
  }

  /** The session of the agent that runs in it, if it has said so in a line of JSON; else null. */
  public @Nullable String agentSession() {
    return follower.agentSession();
  }

  /** Bytes that the program has said. */
  public long bytes() {
    return bytes;
  }

  /** Whether the program waits for its viewers. */
  public boolean paused() {
    return pace.paused();
  }

  /** When something was last typed, said or watched, in milliseconds since 1970 UTC. */
  long activeMillis() {
    return activeMillis;
  }

  /** When it ended, in milliseconds since 1970 UTC; 0 while it has not. */
  public long endedMillis() {
    return endedMillis;
  }

  Marks marks() {
    return marks;
  }

  long window() {
    return settings.window();
  }

  /** The place at which something was interrupted last. */
  long interruptedAt() {
    return interruptedAt;
  }

  /** What it says, on the thread of all terminals. */
  private final class Flow implements PtyLoop.Member {

    /** Output that follows other output so soon may wait a little for more. */
    private static final long BUSY_NANOS = 5_000_000;

    /**
     * Meanwhile the system's buffers fill: a program and its reader that wake each other for every
     * line get nothing else done.
     */
    private static final long WAIT_NANOS = 500_000;

    /** What is no plain text may take so many times its length. */
    private static final int MOST_TIMES = 4;

    /** The system gives no more at once. */
    private static final int WHOLE_READ = 4_095;

    /** What comes so soon after a key is what the key has brought about. */
    private static final long ECHO_NANOS = 100_000_000;

    private final Sieve sieve = new Sieve();

    /**
     * What is said at once at most: less where much of it is escaped, so that it costs the same.
     */
    private int piece = settings.piece();

    private @Nullable Room room;
    private long heard;
    private long saidAt;
    private long sayAt = Long.MAX_VALUE;
    private boolean deaf;

    /** The program has said more than was read at once: what waits for more gets it soon. */
    private boolean ahead;

    @Override
    public int descriptor() {
      return program.descriptor();
    }

    @Override
    public int wants(long now) {
      boolean holds = sayAt != Long.MAX_VALUE && !ahead;
      int wants = deaf || holds || pace.waits(now) ? 0 : Posix.POLLIN;
      synchronized (typed) {
        return typed.full() ? wants | Posix.POLLOUT : wants;
      }
    }

    @Override
    public long due() {
      long due = pace.due();
      synchronized (typed) {
        return Math.min(Math.min(due, sayAt), typed.due());
      }
    }

    @Override
    public void ready(int events, long now) {
      if ((events & (Posix.POLLIN | Posix.POLLHUP | Posix.POLLERR)) != 0) {
        read(now, now - saidAt < BUSY_NANOS && now - typedNanos > ECHO_NANOS);
        // Nothing but the end of the program can be told of it any more.
        deaf = (events & Posix.POLLIN) == 0;
      }
      deaf |= (events & Posix.POLLNVAL) != 0;
      if (sayAt <= now) {
        read(now, false);
      }
      send(now);
    }

    @Override
    public void failed(RuntimeException why) {
      kill(Processes.now());
    }

    /**
     * Reads what there is, up to a piece, and tells of it.
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
      activeMillis = clock.millis();
      if (!sieve.shown().isEmpty()) {
        if (recorder != null) {
          recorder.said(activeMillis, sieve.shown());
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

    void resize(Size to, String by) {
      Size before;
      synchronized (Terminal.this) {
        if (over || to.equals(size)) {
          return;
        }
        before = size;
        size = to;
      }
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
      long offset = owner.feed().tail().offset();
      synchronized (Terminal.this) {
        sizesBefore.headMap(owner.feed().head().offset(), true).clear();
        sizesBefore.put(offset, before);
      }
      follower.resized(offset, bytes, to);
    }

    /** The program has ended: tells of what it left behind, and of its end. */
    void exited() {
      if (over) {
        return;
      }
      long now = System.nanoTime();
      long before;
      int reads = 0;
      do {
        before = bytes;
        read(now, false);
        reads++;
      } while (bytes > before && reads < LAST_READS);
      finish();
      PtyProgram.Exit exit = program.ended().join();
      // Whatever it left running goes with it.
      program.hangUp();
      Thread.ofVirtual().name("terminal-" + id + "-rest").start(program::hangUpRest);
      loop.remove(this);
      pace.goOn(now);
      synchronized (Terminal.this) {
        over = true;
        endedMillis = clock.millis();
        // Nobody uses the descriptor any more: all look whether it is over, under the lock.
        program.close();
      }
      if (recorder != null) {
        recorder.close();
      }
      ended.accept(Terminal.this);
      String signal = exit.signal() == 0 ? "" : ",\"signal\":" + exit.signal();
      owner.end(
          Payload.of(
              "closed",
              ("\"exit_code\":" + exit.code() + signal).getBytes(StandardCharsets.US_ASCII)));
    }

    private void finish() {
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
    }
  }

  // In.

  /** Why something must not be typed here; null where it may. Asked once, before it is typed. */
  public @Nullable String refuses(String text) {
    synchronized (typed) {
      return filter == null ? null : filter.refuses(text);
    }
  }

  /**
   * Types something; false where the program has too much to read, or has ended. Bytes are never
   * lost: what is taken is written, however long that takes.
   */
  public boolean type(byte[] data, @Nullable Viewer by) {
    if (over) {
      return false;
    }
    activeMillis = clock.millis();
    if (interrupts(data)) {
      interrupt();
    }
    if (by != null && settings.sizes() == SizePolicy.TYPIST) {
      Size wish = by.size();
      if (wish != null && !wish.equals(size())) {
        resizeSoon(wish, by.user());
      }
    }
    return data.length == 0 || put(data);
  }

  /** What the program is told that it asked of its terminal. */
  private void answer(String text) {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  private boolean put(byte[] data) {
    long now = System.nanoTime();
    boolean first;
    synchronized (typed) {
      first = typed.isEmpty();
      if (!typed.add(data)) {
        return false;
      }
    }
    typedNanos = now;
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

  private void resizeSoon(Size to, String by) {
    resizeSoon(() -> to, by);
  }

  /**
   * @param to is asked on the thread of all terminals; null for as it is
   */
  private void resizeSoon(Supplier<@Nullable Size> to, String by) {
    resizing.incrementAndGet();
    loop.execute(() -> {
      try {
        Size size = to.get();
        if (size != null) {
          flow.resize(size, by);
        }
      } finally {
        resizing.decrementAndGet();
        send(System.nanoTime());
      }
    });
  }

  /** Writes what can be written now. */
  private synchronized void send(long now) {
    // What was typed after a resize waits for it, whoever comes to write.
    if (!over && resizing.get() == 0) {
      synchronized (typed) {
        figures.input.add(typed.write(program::write, now));
      }
    }
  }

  private static boolean interrupts(byte[] data) {
    for (byte b : data) {
      // Ctrl-C, Ctrl-\ and Ctrl-Z, as nearly every terminal has them.
      if (b == 3 || b == 0x1c || b == 0x1a) {
        return true;
      }
    }
    return false;
  }

  /** What was said until now need not be seen by whoever is far behind. */
  private void interrupt() {
    interruptedAt = owner.feed().tail().offset();
  }

  /** Signals whatever has the terminal in its hands, past all that was typed. */
  public void signal(TerminalSignal signal) {
    if (signal == TerminalSignal.EOF) {
      var _ = type(new byte[] {END_OF_INPUT}, null);
    } else {
      signalled(signal);
    }
  }

  private synchronized void signalled(TerminalSignal signal) {
    if (over) {
      return;
    }
    activeMillis = clock.millis();
    interrupt();
    program.signal(signal);
  }

  /** Ends it: asks, waits, and kills, all that runs in it. */
  public void close() {
    if (!over) {
      Thread.ofVirtual().name("terminal-" + id + "-close").start(program::end);
    }
  }

  /** Kills it and all that runs in it, at once. */
  void kill(Processes now) {
    program.kill(now);
  }

  // Who watches.

  /** A session watches from now on, until it leaves. */
  public Viewer watch(String session, String byUser) {
    Viewer viewer = new Viewer(this, session, byUser, System.nanoTime());
    viewers.add(viewer);
    activeMillis = clock.millis();
    return viewer;
  }

  /** The watching of that session; null where it does not watch. */
  public @Nullable Viewer viewer(String session) {
    for (Viewer viewer : viewers) {
      if (viewer.session().equals(session)) {
        return viewer;
      }
    }
    return null;
  }

  void left(Viewer viewer) {
    viewers.remove(viewer);
    activeMillis = clock.millis();
    loop.wake();
    if (settings.sizes() == SizePolicy.SMALLEST) {
      fit(viewer.user());
    }
  }

  /** A viewer has come further: whoever waits for it looks again. */
  void progress() {
    if (pace.paused()) {
      loop.wake();
    }
  }

  /**
   * Asks for another size; the policy decides.
   *
   * @param viewer who asks; null for who does not watch
   */
  public void resize(Size to, String by, @Nullable Viewer viewer) {
    if (viewer != null) {
      viewer.size(to);
      if (viewer.viewOnly() || !viewer.visible()) {
        return;
      }
    }
    if (settings.sizes() == SizePolicy.SMALLEST) {
      fit(by);
    } else if (settings.sizes() == SizePolicy.LATEST || viewers.size() < 2) {
      resizeSoon(to, by);
    }
  }

  /** A viewer is shown now, or hidden. */
  void shown(Viewer viewer) {
    loop.wake();
    Size wish = viewer.size();
    if (settings.sizes() == SizePolicy.SMALLEST) {
      fit(viewer.user());
    } else if (viewer.visible() && wish != null && !viewer.viewOnly()) {
      resize(wish, viewer.user(), viewer);
    }
  }

  /**
   * Makes it as large as the smallest viewer that counts. Which that is, is looked up by one thread
   * alone: of two viewers that ask at the same time each might miss what the other wants.
   */
  private void fit(String by) {
    resizeSoon(this::smallest, by);
  }

  private @Nullable Size smallest() {
    return viewers.stream()
        .filter(viewer -> viewer.visible() && !viewer.viewOnly())
        .map(Viewer::size)
        .filter(Objects::nonNull)
        .reduce((one, other) ->
            new Size(Math.min(one.rows(), other.rows()), Math.min(one.cols(), other.cols())))
        .orElse(null);
  }
}
