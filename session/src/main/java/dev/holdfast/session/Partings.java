package dev.holdfast.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last connections that came to an end. Any thread. */
final class Partings {

  private static final int KEPT = 100;

  private final ArrayDeque<Parting> last = new ArrayDeque<>(KEPT);

  synchronized void add(Parting parting) {
    if (last.size() == KEPT) {
      last.removeLast();
    }
    last.addFirst(parting);
  }

  /** Newest first. */
  synchronized List<Parting> all() {
    return new ArrayList<>(last);
  }
}
