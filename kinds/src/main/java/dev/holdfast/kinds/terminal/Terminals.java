package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Owner;
import dev.holdfast.kinds.common.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All terminals. Any thread. */
public final class Terminals implements AutoCloseable {

  /** The kind of a terminal's feed. */
  public static final String KIND = "terminal";

  private static final System.Logger LOG = System.getLogger(Terminals.class.getName());
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  /** Programs that are started at once: each takes a copy of what the system knows of us. */
  private static final int STARTERS = 4;

  private static final int MOST_TO_START = 256;

  /** Whoever watches gets the end, however soon it is to be forgotten. */
  private static final long LEAST_KEPT_MILLIS = 1_000;

  private final Engine engine;
  private final TerminalSettings settings;
  private final InstantSource clock;
  private final LongSupplier random;
  private final TerminalFigures figures = new TerminalFigures();
  private final PtyLoop loop = new PtyLoop();
  private final ScheduledExecutorService screens =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("holdfast-screens").factory());
  private final Recordings recordings = new Recordings();
  private final ThreadPoolExecutor starters =
      new ThreadPoolExecutor(
          STARTERS,
          STARTERS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_TO_START),
          Thread.ofPlatform().daemon().name("terminal-open-", 0).factory());
  private final Terminal.Surroundings surroundings;
  private final ConcurrentMap<String, Terminal> terminals = new ConcurrentHashMap<>();
  private final Map<String, Integer> byUser = new HashMap<>();
  private int active;
  private boolean closed;

  /** What came of opening one. */
  public sealed interface Opened {

    /** It runs. */
    record Done(Terminal terminal) implements Opened {}

    /** It does not. */
    record Refused(Why why, String message) implements Opened {}
  }

  /** Why not. */
  public enum Why {
    BAD_REQUEST,
    NO_FOLDER,
    FORBIDDEN,
    GONE,
    OVER_CAPACITY,
    FAILED
  }

  /**
   * @param random gives ids that nobody can guess
   */
  public Terminals(
      Engine engine, TerminalSettings settings, InstantSource clock, LongSupplier random) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    starters.allowCoreThreadTimeOut(true);
    Posix.ignoreAlone();
    this.surroundings =
        new Terminal.Surroundings(settings, clock, loop, screens, recordings, figures);
  }

  /** Does soon what starts a program; false where too many wait for that already. */
  public boolean start(Runnable start) {
    try {
      starters.execute(start);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Opens a terminal. Starting a program takes some milliseconds, and is done by a platform thread:
   * not on an event loop, but by {@link #start}.
   *
   * @param command the program and its arguments; null for the shell
   * @param folder where it works; null for where it is configured
   */
  public Opened open(
      String user, @Nullable List<String> command, @Nullable String folder, Size size) {
    List<String> argv = command == null ? settings.shell() : command;
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      return new Opened.Refused(Why.BAD_REQUEST, "command: must be a list that names a program");
    }
    if (!size.valid()) {
      return new Opened.Refused(Why.BAD_REQUEST, "rows, cols: must each be from 1 to " + Size.MOST);
    }
    if (!settings.commands().isEmpty() && !settings.commands().contains(argv.getFirst())) {
      return new Opened.Refused(Why.FORBIDDEN, "command: is not among those that may be run");
    }
    Path where;
    try {
      where = where(folder);
    } catch (InvalidPathException e) {
      return new Opened.Refused(Why.NO_FOLDER, "cwd: is no path");
    }
    if (where != null && !(Files.isDirectory(where) && Files.isExecutable(where))) {
      return new Opened.Refused(Why.NO_FOLDER, "cwd: there is no such folder");
    }
    String full = enter(user);
    if (full != null) {
      return new Opened.Refused(Why.OVER_CAPACITY, full);
    }
    String id = Ids.of(random, 2);
    Owner owner = engine.own(new FeedId(KIND, id), settings.kept());
    try {
      Terminal terminal =
          Terminal.start(
              id, user, argv, where, size, owner, surroundings, over -> leave(over.user()));
      terminals.put(id, terminal);
      if (closed()) {
        // Whoever stops the gateway may not have seen it.
        terminal.kill(Processes.now());
      }
      return new Opened.Done(terminal);
    } catch (IOException e) {
      boolean known = e instanceof Spawn.Refused;
      System.Logger.Level level = known ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
      LOG.log(level, "a terminal can''t be opened", e);
      return notOpened(user, owner, ": " + e.getMessage());
    } catch (RuntimeException | OutOfMemoryError e) {
      // The second where the system has no room for another thread.
      LOG.log(System.Logger.Level.WARNING, "a terminal can''t be opened", e);
      return notOpened(user, owner, "");
    }
  }

  private Opened notOpened(String user, Owner owner, String why) {
    leave(user);
    engine.remove(owner.feed().id());
    return new Opened.Refused(Why.FAILED, "the program can't be started" + why);
  }

  private @Nullable Path where(@Nullable String folder) {
    Path usual = settings.folder();
    if (folder == null || folder.isEmpty()) {
      return usual;
    }
    return usual == null ? Path.of(folder) : usual.resolve(folder);
  }

  private synchronized boolean closed() {
    return closed;
  }

  private synchronized @Nullable String enter(String user) {
    if (closed) {
      return "the gateway is stopping";
    }
    if (active >= settings.maxTerminals()) {
      return "Maximum concurrent sessions (" + settings.maxTerminals() + ") exceeded";
    }
    int mine = byUser.getOrDefault(user, 0);
    if (mine >= settings.maxPerUser()) {
      return "Maximum concurrent sessions (" + settings.maxPerUser() + ") exceeded for this user";
    }
    active++;
    byUser.put(user, mine + 1);
    return null;
  }

  private synchronized void leave(String user) {
    active--;
    byUser.computeIfPresent(user, (name, mine) -> mine == 1 ? null : mine - 1);
    notifyAll();
  }

  /** The terminal of that id, for its own user and for administrators; null for others. */
  public @Nullable Terminal find(String id, String user, boolean admin) {
    Terminal terminal = terminals.get(id);
    return terminal != null && (admin || terminal.user().equals(user)) ? terminal : null;
  }

  /** Ends all that runs in that terminal, if there is one. */
  void close(String id) {
    Terminal terminal = terminals.get(id);
    if (terminal != null) {
      terminal.close();
    }
  }

  /** The terminals that somebody may see, in no order. */
  public Stream<Terminal> list(String user, boolean admin) {
    return terminals.values().stream().filter(terminal -> admin || terminal.user().equals(user));
  }

  /** Terminals whose program runs. */
  public synchronized int active() {
    return active;
  }

  /**
   * Closes those in which nothing happens any more, and forgets those that ended long ago, or
   * before as many others as may run at once.
   */
  public void sweep() {
    long now = clock.millis();
    long kept = Math.max(LEAST_KEPT_MILLIS, settings.keptFor().toMillis());
    List<Terminal> ended = new ArrayList<>();
    for (Terminal terminal : terminals.values()) {
      if (terminal.endedMillis() != 0) {
        // But not before it has told so.
        if (terminal.feed().ended()) {
          ended.add(terminal);
        }
      } else if (terminal.viewers().isEmpty()
          && now - terminal.activeMillis() >= settings.idle().toMillis()) {
        terminal.close();
      }
    }
    ended.sort(Comparator.comparingLong(Terminal::endedMillis).reversed());
    for (int i = 0; i < ended.size(); i++) {
      Terminal terminal = ended.get(i);
      if (i >= settings.maxTerminals() || now - terminal.endedMillis() >= kept) {
        terminals.remove(terminal.id(), terminal);
        terminal.forget();
        engine.remove(terminal.feed().id());
      }
    }
  }

  /** What they have done. */
  public TerminalFigures figures() {
    return figures;
  }

  /** How far the viewer that is furthest behind is behind, in bytes. */
  public long lag() {
    return terminals.values().stream()
        .flatMap(terminal -> terminal.viewers().stream())
        .mapToLong(Viewer::lag)
        .max()
        .orElse(0);
  }

  /** How many watch. */
  public int viewers() {
    return terminals.values().stream().mapToInt(terminal -> terminal.viewers().size()).sum();
  }

  /** Kills every program; none is started any more. Returns once all are gone, or soon after. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    // But not those that are over: what they were may be something else by now.
    List<Terminal> running =
        terminals.values().stream().filter(terminal -> terminal.endedMillis() == 0).toList();
    Processes now = Processes.now();
    running.forEach(terminal -> terminal.kill(now));
    synchronized (this) {
      long until = System.nanoTime() + PATIENCE_NANOS;
      while (active > 0 && System.nanoTime() < until) {
        try {
          wait(10);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
    // What was started while the others were killed.
    Processes left = Processes.now();
    running.forEach(terminal -> terminal.kill(left));
    starters.shutdownNow();
    loop.close();
    screens.shutdownNow();
    recordings.close();
  }
}
