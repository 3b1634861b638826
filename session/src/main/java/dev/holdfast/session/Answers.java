package dev.holdfast.session;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a session gave, by the id of the command, so that a command that comes again is
 * answered and not obeyed again. Bounded: the oldest answer goes first. On the session's loop.
 */
final class Answers {

  /** Stands for the answer of a command that has not been answered yet; no answer is empty. */
  private static final byte[] PENDING = {};

  private final Map<String, byte[]> answers = new LinkedHashMap<>(4);
  private final int most;

  Answers(int most) {
    this.most = most;
  }

  /** The answer; an empty one where it is still to come; null for a command that is new. */
  byte @Nullable [] find(String id) {
    return answers.get(id);
  }

  void begin(String id) {
    answers.put(id, PENDING);
    if (answers.size() > most) {
      Iterator<byte[]> eldest = answers.values().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  /** Keeps the first answer of a command that was begun and is not forgotten. */
  void finish(String id, byte[] answer) {
    answers.computeIfPresent(id, (k, before) -> before.length == 0 ? answer : before);
  }

  /** Keeps the last answer of a command that has been answered before, as it began. */
  void replace(String id, byte[] answer) {
    answers.computeIfPresent(id, (k, before) -> answer);
  }
}
