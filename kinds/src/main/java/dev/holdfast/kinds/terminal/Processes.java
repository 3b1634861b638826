package dev.holdfast.kinds.terminal;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The processes of the machine as they were at one time. To look takes some milliseconds, so many
 * that ask at once share a look. Immutable; any thread.
 */
final class Processes {

  private record Known(ProcessHandle process, long parent, long session) {}

  private static final Object LOCK = new Object();

  // Of the lock.
  private static @Nullable Processes latest;
  private static long latestBegan;

  private final List<Known> all;
  private final Map<Long, List<Known>> children;

  private Processes(List<Known> all) {
    this.all = all;
    this.children =
        all.stream()
            .collect(Collectors.groupingBy(Known::parent, HashMap::new, Collectors.toList()));
  }

  /** As they are now, or have become since this was called. */
  static Processes now() {
    long asked = System.nanoTime();
    synchronized (LOCK) {
      if (latest == null || latestBegan - asked < 0) {
        latestBegan = System.nanoTime();
        latest = look();
      }
      return latest;
    }
  }

  private static Processes look() {
    return new Processes(
        ProcessHandle.allProcesses()
            .map(process ->
                new Known(
                    process,
                    process.parent().map(ProcessHandle::pid).orElse(0L),
                    Posix.session(process.pid())))
            .toList());
  }

  /**
   * What runs in the terminal of a program, but for the program itself: what it has started, and
   * what is in its session, whoever started it and whether or not that is still there.
   */
  Set<ProcessHandle> under(long program) {
    Set<ProcessHandle> under = new HashSet<>();
    ArrayDeque<Long> parents = new ArrayDeque<>(List.of(program));
    for (Known known : all) {
      if (known.session == program && known.process.pid() != program && under.add(known.process)) {
        parents.add(known.process.pid());
      }
    }
    while (!parents.isEmpty()) {
      for (Known child : children.getOrDefault(parents.remove(), List.of())) {
        if (under.add(child.process)) {
          parents.add(child.process.pid());
        }
      }
    }
    return under;
  }
}
