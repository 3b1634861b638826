package dev.holdfast.kinds.terminal;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;
import com.pty4j.unix.PtyHelpers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A program on a pseudo-terminal of its own, which has its size before the program begins. pty4j's
 * own process would be begun by a thread of the JVM's making, which has SIGQUIT blocked, and what
 * it starts as well. Any thread.
 *
 * @param descriptor of the side of the pseudo-terminal that is ours
 * @param held the program's side, which stays open until {@link #close}: what the program has said
 *     at its end can be read after it
 */
record PtyProgram(int pid, Pty pty, int descriptor, int held, CompletableFuture<Exit> ended) {

  private static final System.Logger LOG = System.getLogger(PtyProgram.class.getName());
  private static final int SIGHUP = 1;
  private static final long GRACE_NANOS = 5_000_000_000L;
  private static final long LOOK_AGAIN_MILLIS = 20;

  /** Nothing is called there but the system. */
  private static final long WAITING_STACK_BYTES = 256 * 1024;

  /**
   * How one ended.
   *
   * @param signal that ended it; 0 for none
   * @param code that it ended with; where a signal ended it, as shells tell: 128 and the signal
   */
  record Exit(int signal, int code) {

    private static final int SIGNALLED = 128;
    private static final int LOW_BITS = 0x7f;

    /** As {@code waitpid} tells. */
    static Exit of(int status) {
      int signal = status & LOW_BITS;
      return new Exit(signal, signal == 0 ? (status >> 8) & 0xff : SIGNALLED + signal);
    }
  }

  /**
   * Starts it. On a platform thread: what it inherits is set for that thread.
   *
   * @throws IOException when it can't be started
   */
  static PtyProgram start(
      List<String> command, Map<String, String> environment, @Nullable Path folder, Size size)
      throws IOException {
    Pty pty = new Pty();
    int held = -1;
    try {
      held = Posix.openTerminal(pty.getSlaveName());
      pty.setWindowSize(new WinSize(size.cols(), size.rows()), null);
      Posix.nonBlocking(pty.getMasterFD());
      int pid =
          Spawn.possible()
              ? Spawn.start(command, environment, folder, pty.getSlaveName())
              : fork(command, environment, folder, pty);
      PtyProgram program =
          new PtyProgram(pid, pty, pty.getMasterFD(), held, new CompletableFuture<>());
      Thread.ofPlatform()
          .daemon()
          .name("terminal-wait-" + pid)
          .stackSize(WAITING_STACK_BYTES)
          .start(program::await);
      return program;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Whatever has begun is told that its terminal is gone.
      pty.close();
      if (held >= 0) {
        Posix.close(held);
      }
      throw e;
    }
  }

  /** Where the system can do no better: what is signalled before the program runs may be lost. */
  private static int fork(
      List<String> command, Map<String, String> environment, @Nullable Path folder, Pty pty)
      throws IOException {
    int pid =
        Posix.unmasked(() ->
            PtyHelpers.execPty(
                command.getFirst(),
                command.toArray(String[]::new),
                environment.entrySet().stream().map(Map.Entry::toString).toArray(String[]::new),
                folder == null ? null : folder.toString(),
                pty.getSlaveName(),
                pty.getMasterFD(),
                null,
                -1,
                false));
    if (pid < 0) {
      throw new IOException("can't execute " + command.getFirst());
    }
    return pid;
  }

  private void await() {
    int[] status = new int[1];
    int found;
    do {
      found = PtyHelpers.waitpid(pid, status, 0);
    } while (found < 0 && Posix.signal(pid, 0));
    ended.complete(Exit.of(status[0]));
  }

  /** Reads what it has said, without blocking; 0 or less for nothing. */
  int read(byte[] into, int from, int most) {
    return Posix.read(descriptor, into, from, most);
  }

  /** Types what there is room for, without blocking; 0 or less for nothing. */
  int write(byte[] data, int from, int most) {
    return Posix.write(descriptor, data, from, most);
  }

  /** Makes its pseudo-terminal larger or smaller; it is told. */
  void resize(Size size) {
    try {
      pty.setWindowSize(new WinSize(size.cols(), size.rows()), null);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signals whatever has the terminal in its hands. */
  void signal(TerminalSignal signal) {
    if (!Posix.signalGroup(Posix.foreground(descriptor), signal.number)) {
      Posix.signalGroup(pid, signal.number);
    }
  }

  /** Tells its own group that the terminal is gone. */
  void hangUp() {
    Posix.signalGroup(pid, SIGHUP);
  }

  /** Tells all that is left in its session, now that it has ended. Takes some milliseconds. */
  void hangUpRest() {
    Processes.now().under(pid).forEach(each -> Posix.signal(each.pid(), SIGHUP));
  }

  /** Ends it and all that runs in it: asks, waits, and kills. Blocks. */
  void end() {
    Set<ProcessHandle> all = Processes.now().under(pid);
    Posix.signalGroup(pid, TerminalSignal.SIGTERM.number);
    hangUp();
    all.forEach(ProcessHandle::destroy);
    long until = System.nanoTime() + GRACE_NANOS;
    try {
      while (System.nanoTime() < until
          && (!ended.isDone() || all.stream().anyMatch(ProcessHandle::isAlive))) {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.addAll(Processes.now().under(pid));
    kill(all);
  }

  /** Kills it and all that runs in it, at once. */
  void kill(Processes now) {
    kill(now.under(pid));
  }

  private void kill(Set<ProcessHandle> all) {
    if (!ended.isDone()) {
      Posix.signalGroup(pid, TerminalSignal.SIGKILL.number);
      Posix.signal(pid, TerminalSignal.SIGKILL.number);
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /** Closes both sides. The program may run on, without a terminal. */
  void close() {
    try {
      pty.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a terminal", e);
    } finally {
      Posix.close(held);
    }
  }
}
