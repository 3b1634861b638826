package dev.holdfast.kinds.terminal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A few functions of POSIX (IEEE 1003.1) for which the JDK has none. Any thread. */
final class Posix {

  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  static final short POLLERR = 8;
  static final short POLLHUP = 16;
  static final short POLLNVAL = 32;

  /** Bytes of a {@code struct pollfd}: a descriptor, and two shorts of events. */
  static final int POLLFD = 8;

  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int SIGQUIT = 3;
  private static final int FIRST_REALTIME_SIGNAL = 32;

  /** No system's set of signals is larger, in bytes. */
  private static final int SIGSET = 128;

  private static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");
  private static final int O_NONBLOCK = MAC ? 4 : 0x800;
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = MAC ? 0x20000 : 0x100;
  private static final int O_CLOEXEC = MAC ? 0x1000000 : 0x80000;
  private static final int SIG_UNBLOCK = MAC ? 2 : 1;
  private static final int SIG_SETMASK = MAC ? 3 : 2;

  private static final long NANOS_A_SECOND = 1_000_000_000;
  private static final long NANOS_A_MILLI = 1_000_000;

  private Posix() {}

  @SuppressWarnings("restricted") // the launcher allows native access
  private static final class Native {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final MemoryLayout PTR = ValueLayout.ADDRESS;

    /** Never blocks, as the descriptor does not; so it may see the heap. */
    static final Linker.Option AT_ONCE = Linker.Option.critical(true);

    static final MethodHandle KILL = handle("kill", FunctionDescriptor.of(INT, INT, INT));
    static final MethodHandle GETSID = handle("getsid", FunctionDescriptor.of(INT, INT));
    static final MethodHandle TCGETPGRP = handle("tcgetpgrp", FunctionDescriptor.of(INT, INT));
    static final MethodHandle POLL = handle("poll", FunctionDescriptor.of(INT, PTR, LONG, INT));

    /** More exact than {@code poll}; not everywhere. */
    static final @Nullable MethodHandle PPOLL =
        handleIfThere("ppoll", FunctionDescriptor.of(INT, PTR, LONG, PTR, PTR));

    static final MethodHandle READ =
        handle("read", FunctionDescriptor.of(LONG, INT, PTR, LONG), AT_ONCE);
    static final MethodHandle WRITE =
        handle("write", FunctionDescriptor.of(LONG, INT, PTR, LONG), AT_ONCE);
    static final MethodHandle OPEN =
        handle("open", FunctionDescriptor.of(INT, PTR, INT), Linker.Option.firstVariadicArg(2));
    static final MethodHandle PIPE = handle("pipe", FunctionDescriptor.of(INT, PTR));
    static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    static final MethodHandle FCNTL =
        handle(
            "fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    static final MethodHandle SIGEMPTYSET = handle("sigemptyset", FunctionDescriptor.of(INT, PTR));
    static final MethodHandle SIGADDSET = handle("sigaddset", FunctionDescriptor.of(INT, PTR, INT));
    static final MethodHandle SIGMASK =
        handle("pthread_sigmask", FunctionDescriptor.of(INT, INT, PTR, PTR));

    static final MethodHandle SIGNAL = handle("signal", FunctionDescriptor.of(PTR, INT, PTR));

    /** A function of the system that takes a number and changes nothing. */
    static final MemorySegment HARMLESS = Linker.nativeLinker().defaultLookup().findOrThrow("abs");

    private static @Nullable MethodHandle handleIfThere(String name, FunctionDescriptor shape) {
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find(name)
          .map(address -> linker.downcallHandle(address, shape))
          .orElse(null);
    }

    private static MethodHandle handle(
        String name, FunctionDescriptor shape, Linker.Option... options) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }
  }

  /** A call whose exceptions can only be those of a wrong signature. */
  private interface Call<T> {
    T make() throws Throwable;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.make();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signals every process of a group; false where there is none. */
  static boolean signalGroup(long group, int signal) {
    if (group < 2 || group > Integer.MAX_VALUE) {
      // 1 would be everybody, 0 ourselves.
      return false;
    }
    return call(() -> (int) Native.KILL.invokeExact((int) -group, signal)) == 0;
  }

  /** The session of a process; -1 for none. */
  static int session(long process) {
    return call(() -> (int) Native.GETSID.invokeExact((int) process));
  }

  /** Signals a process; false where there is none. */
  static boolean signal(long process, int signal) {
    if (process < 2 || process > Integer.MAX_VALUE) {
      return false;
    }
    return call(() -> (int) Native.KILL.invokeExact((int) process, signal)) == 0;
  }

  /** The group that has the terminal of that descriptor in its hands; -1 for none. */
  static int foreground(int descriptor) {
    return call(() -> (int) Native.TCGETPGRP.invokeExact(descriptor));
  }

  /**
   * Waits until one of the descriptors is ready.
   *
   * @param nanos for how long; less than 0 for as long as it takes
   * @param time 16 bytes to say so in
   */
  static int poll(MemorySegment descriptors, long count, long nanos, MemorySegment time) {
    MethodHandle exact = Native.PPOLL;
    if (nanos < 0 || exact == null) {
      int millis =
          (int) Math.min(60_000, nanos < 0 ? -1 : (nanos + NANOS_A_MILLI - 1) / NANOS_A_MILLI);
      return call(() -> (int) Native.POLL.invokeExact(descriptors, count, millis));
    }
    time.set(Native.LONG, 0, nanos / NANOS_A_SECOND);
    time.set(Native.LONG, Long.BYTES, nanos % NANOS_A_SECOND);
    MemorySegment none = MemorySegment.NULL;
    return call(() -> (int) exact.invokeExact(descriptors, count, time, none));
  }

  /** Reads what there is, without blocking; 0 or less for nothing. */
  static int read(int descriptor, byte[] into, int from, int most) {
    MemorySegment room = MemorySegment.ofArray(into).asSlice(from, most);
    return call(() -> (long) Native.READ.invokeExact(descriptor, room, (long) most)).intValue();
  }

  /** Writes what there is room for, without blocking; 0 or less for nothing. */
  static int write(int descriptor, byte[] data, int from, int most) {
    MemorySegment part = MemorySegment.ofArray(data).asSlice(from, most);
    return call(() -> (long) Native.WRITE.invokeExact(descriptor, part, (long) most)).intValue();
  }

  /** From now on reads and writes do not block. */
  static void nonBlocking(int descriptor) {
    int flags = call(() -> (int) Native.FCNTL.invokeExact(descriptor, F_GETFL, 0));
    int set = call(() -> (int) Native.FCNTL.invokeExact(descriptor, F_SETFL, flags | O_NONBLOCK));
    if (flags < 0 || set < 0) {
      throw new IllegalStateException("fcntl fails for descriptor " + descriptor);
    }
  }

  /** A pipe that does not block: the end to read, and the end to write. */
  static int[] pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(Native.INT, 2);
      if (call(() -> (int) Native.PIPE.invokeExact(ends)) != 0) {
        throw new IllegalStateException("no pipe can be made");
      }
      int[] pipe = ends.toArray(Native.INT);
      nonBlocking(pipe[0]);
      nonBlocking(pipe[1]);
      return pipe;
    }
  }

  /**
   * Opens a terminal, which does not become that of this process.
   *
   * @throws IOException when it can't be opened
   */
  static int openTerminal(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
      int descriptor = call(() -> (int) Native.OPEN.invokeExact(name, flags));
      if (descriptor < 0) {
        throw new IOException("can't open " + path);
      }
      return descriptor;
    }
  }

  static void close(int descriptor) {
    int _ = call(() -> (int) Native.CLOSE.invokeExact(descriptor));
  }

  /** What starts a program. */
  interface Start<T> {
    T start() throws IOException;
  }

  /**
   * Starts a program that SIGQUIT reaches, which the JVM blocks in all its threads and in what they
   * start. On a platform thread.
   */
  static <T> T unmasked(Start<T> program) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment quit = arena.allocate(SIGSET);
      MemorySegment before = arena.allocate(SIGSET);
      MemorySegment none = MemorySegment.NULL;
      int _ = call(() -> (int) Native.SIGEMPTYSET.invokeExact(quit));
      int _ = call(() -> (int) Native.SIGADDSET.invokeExact(quit, SIGQUIT));
      int _ = call(() -> (int) Native.SIGMASK.invokeExact(SIG_UNBLOCK, quit, before));
      try {
        return program.start();
      } finally {
        int _ = call(() -> (int) Native.SIGMASK.invokeExact(SIG_SETMASK, before, none));
      }
    }
  }

  /**
   * What this process was started to ignore, as by {@code nohup}, it goes on ignoring, but by doing
   * nothing about it, which programs do not inherit: to them it means what it means to all.
   */
  static void ignoreAlone() {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      long ignored =
          status
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .sum();
      for (int signal = 1; signal < FIRST_REALTIME_SIGNAL; signal++) {
        int number = signal;
        if ((ignored >>> (signal - 1) & 1) != 0) {
          var _ = call(() -> (MemorySegment) Native.SIGNAL.invokeExact(number, Native.HARMLESS));
        }
      }
    } catch (IOException e) {
      // Not Linux: nothing tells what is ignored.
    }
  }
}
