package dev.holdfast.kinds.common;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Signals to process groups, for which the JDK has no method: {@code kill(2)} with a negative
 * number. Any thread.
 */
public final class ProcessGroup {

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

  /** Kills every process of the group that has that number; nothing where there is none. */
  public static void kill(long group) {
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
