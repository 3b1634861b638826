package dev.holdfast.kinds.terminal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Two functions of POSIX for which the JDK has none. Any thread. */
final class Posix {

  private Posix() {}

  @SuppressWarnings("restricted") // the launcher allows native access
  private static final class Native {
    static final MethodHandle KILL =
        handle(
            "kill",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    static final MethodHandle TCGETPGRP =
        handle("tcgetpgrp", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static MethodHandle handle(String name, FunctionDescriptor shape) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
    }
  }

  /** Signals every process of a group; false where there is none. */
  static boolean signalGroup(long group, int signal) {
    if (group < 2 || group > Integer.MAX_VALUE) {
      // 1 would be everybody, 0 ourselves.
      return false;
    }
    try {
      return (int) Native.KILL.invokeExact((int) -group, signal) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The group that has the terminal of that descriptor in its hands; -1 for none. */
  static int foreground(int descriptor) {
    try {
      return (int) Native.TCGETPGRP.invokeExact(descriptor);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
