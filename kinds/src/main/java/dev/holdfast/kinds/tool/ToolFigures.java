package dev.holdfast.kinds.tool;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of calls, exactly. Any thread. */
public final class ToolFigures {

  final LongAdder called = new LongAdder();
  final LongAdder executed = new LongAdder();
  final LongAdder succeeded = new LongAdder();
  final LongAdder joined = new LongAdder();
  final LongAdder cached = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder fellBack = new LongAdder();
  final LongAdder nanos = new LongAdder();
  private final ConcurrentMap<ToolError, LongAdder> failed = new ConcurrentHashMap<>();

  void failed(ToolError error) {
    failed.computeIfAbsent(error, why -> new LongAdder()).increment();
  }

  /** Requests, those that were refused included. */
  public long called() {
    return called.sum();
  }

  /** Pieces of work that were begun. */
  public long executed() {
    return executed.sum();
  }

  /** Calls that ended well. */
  public long succeeded() {
    return succeeded.sum();
  }

  /** Calls that were served by the work of another. */
  public long joined() {
    return joined.sum();
  }

  /** Calls that were served by a kept result. */
  public long cached() {
    return cached.sum();
  }

  /** Requests that had been made before. */
  public long repeated() {
    return repeated.sum();
  }

  /** Tries beyond the first. */
  public long retried() {
    return retried.sum();
  }

  /** Calls that went to the tool that stands in. */
  public long fellBack() {
    return fellBack.sum();
  }

  /** Seconds that pieces of work took, in all. */
  public double seconds() {
    return nanos.sum() / 1e9;
  }

  /** Calls and requests that came to nothing for that reason. */
  public long failures(ToolError error) {
    LongAdder count = failed.get(error);
    return count == null ? 0 : count.sum();
  }
}
