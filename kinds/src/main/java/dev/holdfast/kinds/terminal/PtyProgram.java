package dev.holdfast.kinds.terminal;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;
import com.pty4j.unix.UnixPtyProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program on a pseudo-terminal of its own. The pseudo-terminal has its size before the program
 * begins: pty4j's builder sets it only afterwards, when the program may have asked for it. Any
 * thread.
 *
 * @param descriptor of the side of the pseudo-terminal that is ours
 * @param held the program's side, which stays open until {@link #close}: what the program has said
 *     at its end can be read after it
 */
record PtyProgram(UnixPtyProcess process, int descriptor, int held) {

  private static final System.Logger LOG = System.getLogger(PtyProgram.class.getName());
  private static final int SIGHUP = 1;
  private static final long GRACE_NANOS = 5_000_000_000L;
  private static final long LOOK_AGAIN_MILLIS = 20;

  /**
   * Starts it. On a platform thread: what it inherits is set for that thread.
   *
   * @throws IOException when it can't be started
   */
  @SuppressWarnings("deprecation") // nothing else of pty4j takes a pseudo-terminal that is prepared
  static PtyProgram start(
      List<String> command, Map<String, String> environment, @Nullable Path folder, Size size)
      throws IOException {
    Pty pty = new Pty();
    int held = -1;
    try {
      held = Posix.openTerminal(pty.getSlaveName());
      pty.setWindowSize(new WinSize(size.cols(), size.rows()), null);
      UnixPtyProcess process =
          Posix.unmasked(() ->
              new UnixPtyProcess(
                  command.toArray(String[]::new),
                  environment.entrySet().stream().map(Map.Entry::toString).toArray(String[]::new),
                  folder == null ? null : folder.toString(),
                  pty,
                  null,
                  false));
      // What nobody has asked for is closed by whoever ends the program, while another still reads
      // it.
      InputStream _ = process.getInputStream();
      OutputStream _ = process.getOutputStream();
      Posix.nonBlocking(pty.getMasterFD());
      return new PtyProgram(process, pty.getMasterFD(), held);
    } catch (IOException | RuntimeException e) {
      pty.close();
      if (held >= 0) {
        Posix.close(held);
      }
      throw e;
    }
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
    process.setWinSize(new WinSize(size.cols(), size.rows()));
  }

  /** Signals whatever has the terminal in its hands. */
  void signal(TerminalSignal signal) {
    if (!Posix.signalGroup(Posix.foreground(descriptor), signal.number)) {
      Posix.signalGroup(process.pid(), signal.number);
    }
  }

  /** Tells its own group that the terminal is gone. */
  void hangUp() {
    Posix.signalGroup(process.pid(), SIGHUP);
  }

  /** Tells all that is left in its session, now that it has ended. Takes some milliseconds. */
  void hangUpRest() {
    Processes.now().under(process.pid()).forEach(each -> Posix.signal(each.pid(), SIGHUP));
  }

  /** How it ended, as shells tell: 128 and the signal, if it was one. Waits until it has. */
  int exitCode() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** Runs a task once it has ended. */
  void onExit(Runnable task) {
    ProcessHandle.of(process.pid()).ifPresentOrElse(handle -> handle.onExit().thenRun(task), task);
  }

  /** Ends it and all that runs in it: asks, waits, and kills. Blocks. */
  void end() {
    Set<ProcessHandle> all = Processes.now().under(process.pid());
    Posix.signalGroup(process.pid(), TerminalSignal.SIGTERM.number);
    hangUp();
    all.forEach(ProcessHandle::destroy);
    long until = System.nanoTime() + GRACE_NANOS;
    try {
      while (System.nanoTime() < until
          && (process.isAlive() || all.stream().anyMatch(ProcessHandle::isAlive))) {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.addAll(Processes.now().under(process.pid()));
    kill(all);
  }

  /** Kills it and all that runs in it, at once. */
  void kill(Processes now) {
    kill(now.under(process.pid()));
  }

  private void kill(Set<ProcessHandle> all) {
    if (process.isAlive()) {
      Posix.signalGroup(process.pid(), TerminalSignal.SIGKILL.number);
    }
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Closes both sides. The program may run on, without a terminal. */
  void close() {
    try {
      process.getInputStream().close();
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a terminal", e);
    } finally {
      Posix.close(held);
    }
    process.destroy();
  }
}
