package dev.holdfast.kinds.terminal;

import java.util.concurrent.atomic.LongAdder;

/** What all terminals have done since the start. Any thread. */
public final class TerminalFigures {

  final LongAdder output = new LongAdder();
  final LongAdder input = new LongAdder();
  final LongAdder snapshots = new LongAdder();
  final LongAdder pausedNanos = new LongAdder();
  final LongAdder unrecorded = new LongAdder();

  TerminalFigures() {}

  /** Bytes that programs have said. */
  public long outputBytes() {
    return output.sum();
  }

  /** Bytes that programs were given. */
  public long inputBytes() {
    return input.sum();
  }

  /** Screens that were painted for viewers. */
  public long snapshots() {
    return snapshots.sum();
  }

  /** Bytes that are missing in recordings, as the disk was too slow. */
  public long unrecordedBytes() {
    return unrecorded.sum();
  }

  /** How long programs waited for viewers, in seconds. */
  public double pausedSeconds() {
    return pausedNanos.sum() / 1e9;
  }
}
