package dev.holdfast.kinds.terminal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Begins a program on a pseudo-terminal by {@code posix_spawn}, which returns once the program is
 * executed, or tells why it can't be. Whoever forks has a child for some milliseconds that is the
 * gateway still: it takes signals to itself, and they are lost. Any thread.
 *
 * <p>Source: IEEE 1003.1-2024; {@code addclosefrom_np} is of glibc 2.34, Linux.
 */
final class Spawn {

  // As glibc numbers them.
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;
  private static final int O_RDWR = 2;

  /** No system's attributes, actions or set of signals are larger, in bytes. */
  private static final int ROOM = 1_024;

  // What is wrong with a program, of all that errno may say.
  private static final int NONE_SUCH = 2;
  private static final int TOO_LONG = 7;
  private static final int NO_PROGRAM = 8;
  private static final int NOT_ALLOWED = 13;
  private static final int NO_FOLDER = 20;

  /** It is the program that can't be executed, and not the system that can't do it. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private Refused(String why) {
      super(why);
    }
  }

  private Spawn() {}

  @SuppressWarnings("restricted") // the launcher allows native access
  private static final class Native {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final MemoryLayout PTR = ValueLayout.ADDRESS;
    static final FunctionDescriptor OF_ONE = FunctionDescriptor.of(INT, PTR);
    static final FunctionDescriptor OF_TWO = FunctionDescriptor.of(INT, PTR, PTR);
    static final FunctionDescriptor WITH_NUMBER = FunctionDescriptor.of(INT, PTR, INT);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYSTEM = LINKER.defaultLookup();

    static final MethodHandle SPAWN =
        handle("posix_spawn", FunctionDescriptor.of(INT, PTR, PTR, PTR, PTR, PTR, PTR));
    static final MethodHandle BEGIN_ATTRIBUTES = handle("posix_spawnattr_init", OF_ONE);
    static final MethodHandle END_ATTRIBUTES = handle("posix_spawnattr_destroy", OF_ONE);
    static final MethodHandle FLAGS =
        handle("posix_spawnattr_setflags", FunctionDescriptor.of(INT, PTR, ValueLayout.JAVA_SHORT));
    static final MethodHandle DEFAULTS = handle("posix_spawnattr_setsigdefault", OF_TWO);
    static final MethodHandle MASK = handle("posix_spawnattr_setsigmask", OF_TWO);
    static final MethodHandle BEGIN_ACTIONS = handle("posix_spawn_file_actions_init", OF_ONE);
    static final MethodHandle END_ACTIONS = handle("posix_spawn_file_actions_destroy", OF_ONE);
    static final MethodHandle FOLDER = handle("posix_spawn_file_actions_addchdir_np", OF_TWO);
    static final MethodHandle OPEN =
        handle(
            "posix_spawn_file_actions_addopen",
            FunctionDescriptor.of(INT, PTR, INT, PTR, INT, INT));
    static final MethodHandle DUP =
        handle("posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, PTR, INT, INT));
    static final MethodHandle CLOSE_FROM =
        handle("posix_spawn_file_actions_addclosefrom_np", WITH_NUMBER);
    static final MethodHandle NO_SIGNALS = handle("sigemptyset", OF_ONE);
    static final MethodHandle ALL_SIGNALS = handle("sigfillset", OF_ONE);
    static final MethodHandle WHY = handle("strerror", FunctionDescriptor.of(PTR, INT));

    private static MethodHandle handle(String name, FunctionDescriptor shape) {
      return LINKER.downcallHandle(SYSTEM.findOrThrow(name), shape);
    }

    static String why(int error) throws Throwable {
      MemorySegment text = (MemorySegment) WHY.invokeExact(error);
      return text.reinterpret(ROOM).getString(0);
    }
  }

  /** Whether this system has all that is needed. */
  static boolean possible() {
    return System.getProperty("os.name", "").equals("Linux")
        && Linker.nativeLinker()
            .defaultLookup()
            .find("posix_spawn_file_actions_addclosefrom_np")
            .isPresent();
  }

  /**
   * Begins a program, in a session of its own that has the terminal, with nothing else of what is
   * open here, and with every signal as it is at first.
   *
   * @param terminal the path of the program's side of it
   * @return the process
   * @throws IOException that tells why it can't be executed
   */
  static int start(
      List<String> command, Map<String, String> environment, @Nullable Path folder, String terminal)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      String file = find(command.getFirst(), environment.get("PATH"));
      return spawn(
          arena,
          file,
          texts(arena, command),
          texts(arena, environment.entrySet().stream().map(Map.Entry::toString).toList()),
          folder,
          terminal);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static int spawn(
      Arena arena,
      String file,
      MemorySegment command,
      MemorySegment environment,
      @Nullable Path folder,
      String terminal)
      throws Throwable {
    MemorySegment pid = arena.allocate(Native.INT);
    MemorySegment attributes = arena.allocate(ROOM, Long.BYTES);
    MemorySegment actions = arena.allocate(ROOM, Long.BYTES);
    MemorySegment signals = arena.allocate(ROOM, Long.BYTES);
    check((int) Native.BEGIN_ATTRIBUTES.invokeExact(attributes));
    check((int) Native.BEGIN_ACTIONS.invokeExact(actions));
    try {
      check((int) Native.NO_SIGNALS.invokeExact(signals));
      check((int) Native.MASK.invokeExact(attributes, signals));
      check((int) Native.ALL_SIGNALS.invokeExact(signals));
      check((int) Native.DEFAULTS.invokeExact(attributes, signals));
      short flags = SETSIGDEF | SETSIGMASK | SETSID;
      check((int) Native.FLAGS.invokeExact(attributes, flags));
      if (folder != null) {
        check((int) Native.FOLDER.invokeExact(actions, arena.allocateFrom(folder.toString())));
      }
      // The first that a session opens becomes its own.
      check((int) Native.OPEN.invokeExact(actions, 0, arena.allocateFrom(terminal), O_RDWR, 0));
      check((int) Native.DUP.invokeExact(actions, 0, 1));
      check((int) Native.DUP.invokeExact(actions, 0, 2));
      check((int) Native.CLOSE_FROM.invokeExact(actions, 3));
      MemorySegment name = arena.allocateFrom(file);
      check((int) Native.SPAWN.invokeExact(pid, name, actions, attributes, command, environment));
      return pid.get(Native.INT, 0);
    } finally {
      int _ = (int) Native.END_ACTIONS.invokeExact(actions);
      int _ = (int) Native.END_ATTRIBUTES.invokeExact(attributes);
    }
  }

  private static void check(int error) throws Throwable {
    if (error != 0) {
      throw refused(error);
    }
  }

  private static IOException refused(int error) throws Throwable {
    String why = Native.why(error);
    return switch (error) {
      case NONE_SUCH, TOO_LONG, NO_PROGRAM, NOT_ALLOWED, NO_FOLDER -> new Refused(why);
      default -> new IOException(why);
    };
  }

  /** A list of texts as C has it: with nothing at its end. */
  private static MemorySegment texts(Arena arena, List<String> texts) {
    MemorySegment list = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      list.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return list;
  }

  /** Where a program is, by the path of its own environment; a name with a slash is a path. */
  private static String find(String name, @Nullable String path) throws Throwable {
    if (name.indexOf('/') >= 0) {
      return name;
    }
    boolean there = false;
    for (String folder : (path == null ? "" : path).split(":", -1)) {
      try {
        Path file = Path.of(folder).resolve(name);
        if (!folder.isEmpty() && Files.isRegularFile(file)) {
          there = true;
          if (Files.isExecutable(file)) {
            return file.toString();
          }
        }
      } catch (InvalidPathException e) {
        // There can be nothing of that name.
      }
    }
    throw refused(there ? NOT_ALLOWED : NONE_SUCH);
  }
}
