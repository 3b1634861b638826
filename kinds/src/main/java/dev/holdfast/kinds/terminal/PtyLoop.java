package dev.holdfast.kinds.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The thread that reads all pseudo-terminals, and writes to those that had no room at once. A
 * blocking read would take a thread for each. What is not said to be for any thread is for this
 * one.
 */
final class PtyLoop implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PtyLoop.class.getName());

  private static final int SPARE_ROOMS = 4;

  /** One pseudo-terminal. On this thread. */
  interface Member {

    int descriptor();

    /** What it waits for, of {@link Posix#POLLIN} and {@link Posix#POLLOUT}; 0 for nothing. */
    int wants(long now);

    /** When it has to be looked at though nothing has come; {@link Long#MAX_VALUE} for never. */
    long due();

    /** It is ready for those events, or due. */
    void ready(int events, long now);

    /** It can't be served any more. */
    void failed(RuntimeException why);
  }

  private final int[] pipe = Posix.pipe();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Member> members = new ArrayList<>();
  private final ArrayDeque<Room> rooms = new ArrayDeque<>();
  private final Thread thread;
  private volatile boolean closed;
  private boolean over;

  PtyLoop() {
    thread = Thread.ofPlatform().daemon().name("holdfast-terminals").start(this::run);
  }

  /** Runs a task on this thread, soon. Any thread. */
  void execute(Runnable task) {
    tasks.add(task);
    wake();
  }

  /** Has it look at its members soon. Any thread. */
  void wake() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      synchronized (pipe) {
        // By then the descriptor might be somebody else's.
        if (!over) {
          int _ = Posix.write(pipe[1], new byte[1], 0, 1);
        }
      }
    }
  }

  void add(Member member) {
    members.add(member);
  }

  void remove(Member member) {
    members.remove(member);
  }

  /** An empty room. */
  Room borrow() {
    Room room = rooms.poll();
    return room == null ? new Room() : room;
  }

  /**
   * @param room which is empty
   */
  void giveBack(Room room) {
    if (rooms.size() < SPARE_ROOMS) {
      rooms.push(room);
    }
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      int capacity = 64;
      MemorySegment polled = arena.allocate((long) capacity * Posix.POLLFD, Integer.BYTES);
      MemorySegment time = arena.allocate(2L * Long.BYTES, Long.BYTES);
      byte[] signals = new byte[64];
      while (!closed) {
        Runnable task;
        while ((task = tasks.poll()) != null) {
          run(task);
        }
        if (members.size() >= capacity) {
          capacity = members.size() * 2;
          polled = arena.allocate((long) capacity * Posix.POLLFD, Integer.BYTES);
        }
        long timeout = prepare(polled);
        int ready = tasks.isEmpty() ? Posix.poll(polled, members.size() + 1L, timeout, time) : 0;
        if (ready > 0 && events(polled, 0) != 0) {
          int _ = Posix.read(pipe[0], signals, 0, signals.length);
        }
        // Only now: a signal that was sent in between would have been read, and none sent again.
        woken.set(false);
        serve(polled, ready > 0);
      }
    } finally {
      synchronized (pipe) {
        over = true;
        Posix.close(pipe[0]);
        Posix.close(pipe[1]);
      }
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // It is one terminal's, and all the others go on.
      LOG.log(System.Logger.Level.ERROR, "a terminal fails", e);
    }
  }

  private long prepare(MemorySegment polled) {
    long now = System.nanoTime();
    long due = Long.MAX_VALUE;
    set(polled, 0, pipe[0], Posix.POLLIN);
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      int wants = member.wants(now);
      set(polled, i + 1, wants == 0 ? -1 : member.descriptor(), wants);
      due = Math.min(due, member.due());
    }
    return due == Long.MAX_VALUE ? -1 : Math.max(0, due - now);
  }

  private static void set(MemorySegment polled, int at, int descriptor, int events) {
    long offset = (long) at * Posix.POLLFD;
    polled.set(ValueLayout.JAVA_INT, offset, descriptor);
    polled.set(ValueLayout.JAVA_SHORT, offset + 4, (short) events);
    polled.set(ValueLayout.JAVA_SHORT, offset + 6, (short) 0);
  }

  private static int events(MemorySegment polled, int at) {
    return polled.get(ValueLayout.JAVA_SHORT, (long) at * Posix.POLLFD + 6);
  }

  private void serve(MemorySegment polled, boolean any) {
    long now = System.nanoTime();
    // A member that is over leaves while it is served.
    Member[] served = members.toArray(Member[]::new);
    for (int i = 0; i < served.length; i++) {
      int events = any ? events(polled, i + 1) : 0;
      if (events != 0 || served[i].due() <= now) {
        try {
          served[i].ready(events, now);
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.ERROR, "a terminal can''t be served", e);
          members.remove(served[i]);
          served[i].failed(e);
        }
      }
    }
  }

  /** Ends the thread; returns once it has ended. Any thread. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
