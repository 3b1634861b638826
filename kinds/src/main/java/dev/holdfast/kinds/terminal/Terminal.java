package dev.holdfast.kinds.terminal;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.WinSize;
import com.pty4j.unix.UnixPtyProcess;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * A program in a pseudo-terminal, and what it says. It is read whether or not anybody watches, on a
 * platform thread of its own: a read blocks in native code. Any thread.
 */
public final class Terminal {

  private static final System.Logger LOG = System.getLogger(Terminal.class.getName());

  private static final int ROOM = 16 * 1024;
  private static final int STACK_BYTES = 128 * 1024;

  /** What may have been typed that the program has not taken yet. */
  private static final int MOST_UNREAD_BYTES = 1 << 20;

  private static final byte END_OF_INPUT = 4;
  private static final byte[] STOP = {};
  private static final int SIGHUP = 1;
  private static final int GRACE_SECONDS = 5;
  private static final int SIGNALLED = 128;

  private final String id;
  private final String user;
  private final List<String> command;
  private final Owner owner;
  private final InstantSource clock;
  private final Consumer<Terminal> ended;
  private final PtyProcess process;
  private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();
  private final AtomicInteger unread = new AtomicInteger();
  private Size size;
  private long bytes;
  private int viewers;
  private volatile long activeMillis;
  private volatile long endedMillis;

  private Terminal(
      String id,
      String user,
      List<String> command,
      Size size,
      Owner owner,
      InstantSource clock,
      PtyProcess process,
      Consumer<Terminal> ended) {
    this.id = id;
    this.user = user;
    this.command = command;
    this.size = size;
    this.owner = owner;
    this.clock = clock;
    this.process = process;
    this.ended = ended;
    this.activeMillis = clock.millis();
  }

  /**
   * Starts a program.
   *
   * @param ended is told once it is over
   * @throws IOException when it can't be started
   */
  static Terminal start(
      String id,
      String user,
      List<String> command,
      @Nullable Path folder,
      Map<String, String> environment,
      Size size,
      Owner owner,
      InstantSource clock,
      Consumer<Terminal> ended)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("TERM", "xterm-256color");
    PtyProcessBuilder builder =
        new PtyProcessBuilder(command.toArray(String[]::new))
            .setEnvironment(all)
            .setInitialRows(size.rows())
            .setInitialColumns(size.cols())
            .setUnixOpenTtyToPreserveOutputAfterTermination(true);
    if (folder != null) {
      builder.setDirectory(folder.toString());
    }
    Terminal terminal = new Terminal(id, user, command, size, owner, clock, builder.start(), ended);
    terminal.thread("out", terminal::read);
    terminal.thread("in", terminal::write);
    return terminal;
  }

  private void thread(String name, Runnable work) {
    Thread.ofPlatform()
        .daemon()
        .stackSize(STACK_BYTES)
        .name("terminal-" + id + "-" + name)
        .start(work);
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

  public synchronized int viewers() {
    return viewers;
  }

  /** When something was last typed, said or watched, in milliseconds since 1970 UTC. */
  long activeMillis() {
    return activeMillis;
  }

  /** When it ended, in milliseconds since 1970 UTC; 0 while it has not. */
  public long endedMillis() {
    return endedMillis;
  }

  // Out.

  private void read() {
    byte[] room = new byte[ROOM];
    int kept = 0;
    try {
      // Closed in over(): a descriptor that is closed may be another terminal's a moment later.
      InputStream out = process.getInputStream();
      int read;
      while ((read = out.read(room, kept, room.length - kept)) >= 0) {
        int end = kept + read;
        int whole = Utf8Cut.whole(room, end);
        say(room, whole);
        kept = end - whole;
        System.arraycopy(room, whole, room, 0, kept);
      }
    } catch (IOException e) {
      // A pseudo-terminal whose program is gone ends so on some systems.
      LOG.log(System.Logger.Level.DEBUG, "the end of a terminal", e);
    }
    say(room, kept);
    over();
  }

  private synchronized void say(byte[] from, int length) {
    if (length == 0) {
      return;
    }
    activeMillis = clock.millis();
    bytes += length;
    String text = new String(from, 0, length, StandardCharsets.UTF_8);
    byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    byte[] head = "\"data\":\"".getBytes(StandardCharsets.US_ASCII);
    byte[] tail = ("\",\"bytes\":" + bytes).getBytes(StandardCharsets.US_ASCII);
    byte[] body = new byte[head.length + quoted.length + tail.length];
    System.arraycopy(head, 0, body, 0, head.length);
    System.arraycopy(quoted, 0, body, head.length, quoted.length);
    System.arraycopy(tail, 0, body, head.length + quoted.length, tail.length);
    owner.append(Payload.of("output", body));
  }

  private void over() {
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      code = -1;
    }
    // Whatever it left running in its own group goes with it.
    Posix.signalGroup(process.pid(), SIGHUP);
    String signal = code > SIGNALLED ? ",\"signal\":" + (code - SIGNALLED) : "";
    synchronized (this) {
      endedMillis = clock.millis();
      owner.end(
          Payload.of(
              "closed", ("\"exit_code\":" + code + signal).getBytes(StandardCharsets.US_ASCII)));
    }
    // Nobody uses the descriptor any more: signals and sizes look whether it is over, under the
    // lock.
    typed.add(STOP);
    close(process.getInputStream());
    close(process.getOutputStream());
    process.destroy();
    ended.accept(this);
  }

  private static void close(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a terminal", e);
    }
  }

  // In.

  /**
   * Types something; false where the program has too much to read, or has ended. Bytes are never
   * lost: what is taken is written, however long that takes.
   */
  public boolean type(byte[] data) {
    if (endedMillis != 0) {
      return false;
    }
    activeMillis = clock.millis();
    if (data.length == 0) {
      return true;
    }
    if (unread.addAndGet(data.length) > MOST_UNREAD_BYTES) {
      unread.addAndGet(-data.length);
      return false;
    }
    typed.add(data);
    return true;
  }

  private void write() {
    try {
      OutputStream in = process.getOutputStream();
      while (true) {
        byte[] next = typed.take();
        if (next.length == 0) {
          return;
        }
        in.write(next);
        in.flush();
        unread.addAndGet(-next.length);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a terminal does not listen", e);
    } catch (InterruptedException _) {
      // There is nobody left to tell.
    }
  }

  /** Makes the screen larger or smaller, and tells everybody. */
  public synchronized void resize(Size to, String by) {
    if (endedMillis != 0 || to.equals(size)) {
      return;
    }
    process.setWinSize(new WinSize(to.cols(), to.rows()));
    size = to;
    String name = new String(JsonStringEncoder.getInstance().quoteAsCharArray(by));
    owner.append(
        Payload.of(
            "resized",
            "\"rows\":%d,\"cols\":%d,\"by\":\"%s\""
                .formatted(to.rows(), to.cols(), name)
                .getBytes(StandardCharsets.UTF_8)));
  }

  /** Signals whatever has the terminal in its hands, past all that was typed. */
  public void signal(TerminalSignal signal) {
    if (signal == TerminalSignal.EOF) {
      type(new byte[] {END_OF_INPUT});
    } else {
      signalled(signal);
    }
  }

  private synchronized void signalled(TerminalSignal signal) {
    if (endedMillis != 0) {
      return;
    }
    activeMillis = clock.millis();
    int foreground =
        process instanceof UnixPtyProcess unix ? Posix.foreground(unix.getPty().getMasterFD()) : -1;
    if (!Posix.signalGroup(foreground, signal.number)) {
      Posix.signalGroup(process.pid(), signal.number);
    }
  }

  /** Ends it: asks, waits, and kills, all that runs in it. */
  public void close() {
    if (endedMillis != 0) {
      return;
    }
    Thread.ofVirtual().name("terminal-" + id + "-close").start(this::end);
  }

  private void end() {
    List<ProcessHandle> all = descendants();
    Posix.signalGroup(process.pid(), TerminalSignal.SIGTERM.number);
    Posix.signalGroup(process.pid(), SIGHUP);
    all.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.DEBUG, "terminal {0} is killed", id);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill(all);
  }

  private List<ProcessHandle> descendants() {
    return ProcessHandle.of(process.pid())
        .map(handle -> handle.descendants().toList())
        .orElse(List.of());
  }

  /** Kills it and all that runs in it, at once. */
  void kill() {
    kill(descendants());
  }

  private void kill(List<ProcessHandle> all) {
    if (process.isAlive()) {
      Posix.signalGroup(process.pid(), TerminalSignal.SIGKILL.number);
    }
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  // Who watches.

  public synchronized void watched() {
    viewers++;
    activeMillis = clock.millis();
  }

  public synchronized void unwatched() {
    viewers--;
    activeMillis = clock.millis();
  }
}
