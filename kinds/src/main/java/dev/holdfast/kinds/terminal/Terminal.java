package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program in a pseudo-terminal, and what it says. It is read whether or not anybody watches; as
 * long as somebody does it is read no further ahead than its fastest viewer can follow. Any thread.
 */
public final class Terminal {

  private static final byte END_OF_INPUT = 4;

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
  private final Speech speech;
  private final List<Viewer> viewers = new CopyOnWriteArrayList<>();
  private final Sizes sizes;
  private final Pace pace;
  private final Flow flow = new Flow();

  private final Typing typing;
  private final @Nullable Recorder recorder;
  private final long openedMillis;
  private volatile long activeMillis;
  private volatile long endedMillis;
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
    this.owner = owner;
    this.clock = around.clock;
    this.settings = around.settings;
    this.figures = around.figures;
    this.sizes = new Sizes(settings.sizes(), viewers, size, this::resizeSoon);
    this.loop = around.loop;
    this.program = program;
    this.recorder = recorder;
    this.ended = ended;
    this.openedMillis = clock.millis();
    this.activeMillis = openedMillis;
    this.typing = new Typing(program, loop, settings, figures);
    this.follower =
        new Follower(size, settings.scrollback(), around.screens, figures.snapshots, this::answer);
    this.speech = new Speech(program, owner, follower, recorder, around);
    this.pace = new Pace(viewers, speech.marks(), settings, figures);
    owner.snapshots(follower);
  }

  /**
   * What all terminals share.
   *
   * @param screens follows what they say
   * @param recordings writes it down
   */
  record Surroundings(
      TerminalSettings settings,
      InstantSource clock,
      PtyLoop loop,
      ScheduledExecutorService screens,
      Recordings recordings,
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
    return new Recorder(
        around.recordings,
        folder.resolve(id + ".cast"),
        size,
        command,
        around.clock.millis(),
        around.settings.recordingBytes(),
        around.figures.unrecorded);
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

  public Size size() {
    return sizes.now();
  }

  /** How large it was after that event of its feed. */
  public Size sizeAfter(long offset) {
    return sizes.after(offset);
  }

  /** When it was opened, in milliseconds since 1970 UTC. */
  public long openedMillis() {
    return openedMillis;
  }

  /**
   * All that it has said so far; null where it is not recorded. Waits for the disk.
   *
   * @throws IOException when the disk does not take it
   */
  public @Nullable Recorded recording() throws IOException, InterruptedException {
    return recorder == null ? null : recorder.whole();
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
    return speech.bytes();
  }

  /** Whether the program waits for its viewers. */
  public boolean paused() {
    return pace.paused();
  }

  /** When something was last typed, said or watched, in milliseconds since 1970 UTC. */
  long activeMillis() {
    return Math.max(activeMillis, speech.saidMillis());
  }

  /** When it ended, in milliseconds since 1970 UTC; 0 while it has not. */
  public long endedMillis() {
    return endedMillis;
  }

  Marks marks() {
    return speech.marks();
  }

  long window() {
    return settings.window();
  }

  /** The place at which something was interrupted last. */
  long interruptedAt() {
    return interruptedAt;
  }

  /** Its part in the thread of all terminals. */
  private final class Flow implements PtyLoop.Member {

    private boolean deaf;

    @Override
    public int descriptor() {
      return program.descriptor();
    }

    @Override
    public int wants(long now) {
      int wants = deaf || speech.rests() || pace.waits(now) ? 0 : Posix.POLLIN;
      return typing.full() ? wants | Posix.POLLOUT : wants;
    }

    @Override
    public long due() {
      return Math.min(typing.due(), Math.min(pace.due(), speech.due()));
    }

    @Override
    public void ready(int events, long now) {
      if ((events & (Posix.POLLIN | Posix.POLLHUP | Posix.POLLERR)) != 0) {
        speech.read(now, typing.lastNanos());
        // Nothing but the end of the program can be told of it any more.
        deaf = (events & Posix.POLLIN) == 0;
      }
      deaf |= (events & Posix.POLLNVAL) != 0;
      if (speech.due() <= now) {
        speech.sayAll(now);
      }
      typing.send(now);
    }

    @Override
    public void failed(RuntimeException why) {
      kill(Processes.now());
    }

    void resize(Size to, String by) {
      if (!over && !to.equals(sizes.now())) {
        speech.resize(to, by);
        sizes.becomes(to, owner.feed().tail().offset(), owner.feed().head().offset());
      }
    }

    /** The program has ended: tells of what it left behind, and of its end. */
    void exited() {
      if (over) {
        return;
      }
      long now = System.nanoTime();
      speech.finish(now);
      PtyProgram.Exit exit = program.ended().join();
      // Whatever it left running goes with it.
      program.hangUp();
      Thread.ofVirtual().name("terminal-" + id + "-rest").start(program::hangUpRest);
      loop.remove(this);
      pace.goOn(now);
      synchronized (Terminal.this) {
        over = true;
        endedMillis = clock.millis();
        typing.end();
        // Nobody uses the descriptor any more: all look whether it is over, under the lock.
        program.close();
      }
      ended.accept(Terminal.this);
      String signal = exit.signal() == 0 ? "" : ",\"signal\":" + exit.signal();
      owner.end(
          Payload.of(
              "closed",
              ("\"exit_code\":" + exit.code() + signal).getBytes(StandardCharsets.US_ASCII)));
    }
  }

  // In.

  /** Why something must not be typed here; null where it may. Asked once, before it is typed. */
  public @Nullable String refuses(String text) {
    return typing.refuses(text);
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
    if (by != null) {
      sizes.typed(by);
    }
    return data.length == 0 || typing.put(data);
  }

  /** What the program is told that it asked of its terminal. */
  private void answer(String text) {
    typing.put(text.getBytes(StandardCharsets.UTF_8));
  }

  private void resizeSoon(Supplier<@Nullable Size> to, String by) {
    typing.after(() -> {
      Size size = to.get();
      if (size != null) {
        flow.resize(size, by);
      }
    });
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
    sizes.left(viewer);
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
    sizes.asked(to, by, viewer);
  }

  /** A viewer is shown now, or hidden. */
  void shown(Viewer viewer) {
    loop.wake();
    sizes.shown(viewer);
  }
}
