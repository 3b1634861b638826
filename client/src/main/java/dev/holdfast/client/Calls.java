package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
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

  /**
   * One command.
   *
   * @param number its place among the others
   * @param again whether it is still wanted, where it was refused for coming too fast; null where
   *     whoever gave it is told
   */
  record Call(
      long number,
      String id,
      String text,
      Fate fate,
      @Nullable BooleanSupplier again,
      CompletableFuture<Frame> answer) {}

  /** What to do with the commands under way, over a new connection. */
  record Resumption(List<Call> again, List<Call> lost) {}

  /** Commands that only ask: the order of those that come too fast is of no matter. */
  private static final Set<String> ASKING =
      Set.of("history", "presence", "get_stats", "list_tools", "health");

  /** Others that change nothing, or nothing twice. */
  private static final Set<String> REPEATABLE =
      Set.of("ping", "detach", "subscribe", "unsubscribe");

  private final Map<String, Call> underWay = new LinkedHashMap<>();
  private final TreeMap<Long, Call> waiting = new TreeMap<>();
  private double room = UNDER_WAY;
  private int refusals;
  private boolean held;
  private long count;
  private long frameLimit = 64 * 1024;
  private boolean ended;

  /** The largest frame that the gateway takes, in bytes. */
  void frameLimit(long bytes) {
    frameLimit = bytes;
  }

  long frameLimit() {
    return frameLimit;
  }

  /** An id that no command has had. */
  String nextId() {
    return Long.toString(++count, Character.MAX_RADIX);
  }

  /**
   * Takes a command, or fails its answer where it can't be sent.
   *
   * @param fields besides {@code type} and {@code id}
   * @return its id
   */
  String give(String type, Map<String, ?> fields, CompletableFuture<Frame> answer) {
    return give(type, fields, ASKING.contains(type) ? () -> true : null, answer);
  }

  /**
   * @param again as {@link Call} has it
   */
  String give(
      String type,
      Map<String, ?> fields,
      @Nullable BooleanSupplier again,
      CompletableFuture<Frame> answer) {
    String id = nextId();
    Map<String, @Nullable Object> frame = new LinkedHashMap<>();
    frame.put("type", type);
    frame.put("id", id);
    frame.putAll(fields);
    try {
      String text = Json.text(frame);
      CommandException fault = fault(text);
      if (fault == null) {
        waiting.put(count, new Call(count, id, text, fate(type, fields), again, answer));
      } else {
        answer.completeExceptionally(fault);
      }
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
    return id;
  }

  private @Nullable CommandException fault(String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (ended) {
      return closed();
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return new CommandException("bad_request", "half a surrogate pair is not Unicode", -1);
    }
    if (bytes > frameLimit) {
      return new CommandException(
          "too_large", "the frame has " + bytes + " bytes; most are " + frameLimit, -1);
    }
    return waiting.size() < WAITING
        ? null
        : new CommandException("over_capacity", "too many commands wait for an answer", -1);
  }

  static CommandException closed() {
    return new CommandException(CommandException.CLOSED, "the client is closed", -1);
  }

  private static Fate fate(String type, Map<String, ?> fields) {
    if (type.equals("attach")) {
      return Fate.DROPPED;
    }
    return ASKING.contains(type)
            || REPEATABLE.contains(type)
            || fields.containsKey("idempotency_key")
        ? Fate.REPEATED
        : Fate.ONCE;
  }

  /** The next command to send; null where there is none, or too many are under way. */
  @Nullable Call next() {
    if (held || underWay.size() >= room || waiting.isEmpty()) {
      return null;
    }
    Call call = waiting.pollFirstEntry().getValue();
    underWay.put(call.id(), call);
    return call;
  }

  /** The command that this answers, which is done with; null for none. */
  @Nullable Call answered(@Nullable String id) {
    return id == null ? null : underWay.remove(id);
  }

  /** A command was not refused for coming too fast. */
  void taken() {
    refusals = 0;
    room = Math.min(UNDER_WAY, room + 1 / room);
  }

  /**
   * A command came too fast: none is sent until {@link #release}, and fewer at once from then on.
   *
   * @return how many times in a row that was so before; -1 where none is sent already
   */
  int hold() {
    if (held) {
      return -1;
    }
    held = true;
    room = Math.max(1, room / 2);
    return refusals++;
  }

  void release() {
    held = false;
  }

  /** Puts a command back into its place; false where it is not wanted any more. */
  boolean putBack(Call call) {
    boolean wanted = call.again() != null && call.again().getAsBoolean();
    if (wanted) {
      waiting.put(call.number(), call);
    }
    return wanted;
  }

  /**
   * There is a new connection.
   *
   * @param resumed whether with the same session
   */
  Resumption resume(boolean resumed) {
    held = false;
    room = UNDER_WAY;
    refusals = 0;
    // Feeds are asked for anew; twice would be once, and from wherever the first one has come to.
    waiting.values().removeIf(call -> call.fate() == Fate.DROPPED);
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

  /** Fails them all; no other is taken. */
  void end(String message) {
    ended = true;
    List<Call> all = new ArrayList<>(underWay.values());
    all.addAll(waiting.values());
    underWay.clear();
    waiting.clear();
    for (Call call : all) {
      call.answer()
          .completeExceptionally(new CommandException(CommandException.CLOSED, message, -1));
    }
  }
}
