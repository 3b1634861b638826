package dev.holdfast.kinds.agent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What users have said to a run, one JSON value each, until it takes it. Guarded by its run. */
final class Inbox {

  private static final int MOST = 100;

  private final Queue<String> said = new ArrayDeque<>();
  private @Nullable Predicate<String> listener;

  /** Takes what a user says; false where there is no room. */
  boolean take(String words) {
    return listener == null ? said.size() < MOST && said.add(words) : listener.test(words);
  }

  boolean isEmpty() {
    return said.isEmpty();
  }

  /** The next; null where there is none. */
  @Nullable String poll() {
    return said.poll();
  }

  /** Has what is there and what comes given to a listener, which says whether it had room. */
  void listen(Predicate<String> to) {
    listener = to;
    while (!said.isEmpty() && to.test(said.element())) {
      said.remove();
    }
  }
}
