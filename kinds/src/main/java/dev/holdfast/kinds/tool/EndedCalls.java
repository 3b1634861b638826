package dev.holdfast.kinds.tool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that have ended, for as long as they can be asked for: the newest within a number of
 * bytes and an age. All live equally long, so the oldest always goes first, and no cache of the
 * general kind is needed. Any thread.
 */
final class EndedCalls {

  private record Ended(Call call, long atMillis) {}

  private final long mostBytes;
  private final long mostMillis;
  private final ArrayDeque<Ended> calls = new ArrayDeque<>();
  private long bytes;

  EndedCalls(long mostBytes, long mostMillis) {
    this.mostBytes = mostBytes;
    this.mostMillis = mostMillis;
  }

  /** Keeps one, and gives those for which there is no more room. */
  synchronized List<Call> add(Call call, long nowMillis) {
    calls.add(new Ended(call, nowMillis));
    bytes += call.weight();
    return bytes > mostBytes ? gone(nowMillis) : List.of();
  }

  /** Those whose time is over. */
  synchronized List<Call> gone(long nowMillis) {
    List<Call> gone = new ArrayList<>(1);
    while (!calls.isEmpty()
        && (bytes > mostBytes || nowMillis - calls.getFirst().atMillis() >= mostMillis)) {
      Call oldest = calls.removeFirst().call();
      bytes -= oldest.weight();
      gone.add(oldest);
    }
    return gone;
  }
}
