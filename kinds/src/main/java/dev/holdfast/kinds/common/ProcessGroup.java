package dev.holdfast.kinds.common;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Programs in process groups of their own, so that they go with all that they have started. The JDK
 * has no method for either: {@code setsid} starts them, {@code kill(2)} with a negative number
 * signals them. Any thread.
 */
public final class ProcessGroup {

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /** Elsewhere a program and its descendants are killed one by one. */
  private static final boolean GROUPS = Files.isExecutable(SETSID);

  private static final int SIGKILL = 9;

  /** Group 1 would be everybody's. */
  private static final long LEAST = 2;

  private ProcessGroup() {}

  @SuppressWarnings("restricted") // the launcher allows native access
  private static final class Native {
    static final MethodHandle KILL =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /**
   * Starts a program.
   *
   * @param folder where it works; null for where the gateway does
   * @param environment all that it has of one
   * @throws IOException when it can't be started
   */
  public static Process start(
      List<String> command, @Nullable Path folder, Map<String, String> environment)
      throws IOException {
    List<String> argv = new ArrayList<>();
    if (GROUPS) {
      argv.add(SETSID.toString());
    }
    argv.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().clear();
    builder.environment().putAll(environment);
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    return builder.start();
  }

  /** Kills a program that was started here, with all that it has started. */
  public static void kill(Process process) {
    if (GROUPS) {
      kill(process.pid());
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (GROUPS) {
      // A program that has only just begun may have had no group yet at first, and a child since.
      kill(process.pid());
    }
  }

  /** Kills every process of the group that has that number; nothing where there is none. */
  private static void kill(long group) {
    if (group < LEAST || group > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not a group: " + group);
    }
    try {
      var _ = (int) Native.KILL.invokeExact((int) -group, SIGKILL);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
