package dev.holdfast.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Commands without an answer yet, in their order. No more are under way than the gateway remembers
 * answers, so that each can be sent again after a cut and is still obeyed once. On the client's
 * thread.
 */
final class Calls {

  /** Commands under way at once: what a gateway remembers unless configured otherwise. */
  static final int UNDER_WAY = 256;

  /** Commands that wait for their turn. */
  static final int WAITING = 10_000;

  /** What becomes of a command that has no answer when the connection is lost. */
  enum Fate {
    /** It is sent again to the session that may have obeyed it, and to no other. */
    ONCE,
    /** It does no harm to obey it twice, so it is sent again. */
    REPEATED,
    /** It meant that connection. */
    DROPPED
  }

  /** One command. */
  record Call(String id, String text, Fate fate, CompletableFuture<Frame> answer) {}

  /** What to do with the commands under way, over a new connection. */
  record Resumption(List<Call> again, List<Call> lost) {}

  private final Map<String, Call> underWay = new LinkedHashMap<>();
  private final Deque<Call> waiting = new ArrayDeque<>();

  /** Takes a command; false where there is no room. */
  boolean add(Call call) {
    return waiting.size() < WAITING && waiting.add(call);
  }

  /** The next command to send; null where there is none, or too many are under way. */
  @Nullable Call next() {
    if (underWay.size() >= UNDER_WAY || waiting.isEmpty()) {
      return null;
    }
    Call call = waiting.remove();
    underWay.put(call.id(), call);
    return call;
  }

  /** The command that this answers, which is done with; null for none. */
  @Nullable Call answered(@Nullable String id) {
    return id == null ? null : underWay.remove(id);
  }

  /**
   * There is a new connection.
   *
   * @param resumed whether with the same session
   */
  Resumption resume(boolean resumed) {
    List<Call> again = new ArrayList<>();
    List<Call> lost = new ArrayList<>();
    for (Call call : List.copyOf(underWay.values())) {
      boolean repeated =
          switch (call.fate()) {
            case ONCE -> resumed;
            case REPEATED -> true;
            case DROPPED -> false;
          };
      if (repeated) {
        again.add(call);
      } else {
        underWay.remove(call.id());
        lost.add(call);
      }
    }
    return new Resumption(again, lost);
  }

  /** Fails them all. */
  void fail(String code, String message) {
    List<Call> all = new ArrayList<>(underWay.values());
    all.addAll(waiting);
    underWay.clear();
    waiting.clear();
    for (Call call : all) {
      call.answer().completeExceptionally(new CommandException(code, message, -1));
    }
  }
}
