package dev.holdfast.kinds.device;

import java.util.concurrent.atomic.LongAdder;

/** What devices have done. Any thread. */
public final class DeviceFigures {

  private final LongAdder registered = new LongAdder();
  private final LongAdder commanded = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();

  DeviceFigures() {}

  void registered() {
    registered.increment();
  }

  void commanded() {
    commanded.increment();
  }

  void refused() {
    refused.increment();
  }

  void ended(DeviceResult result) {
    (result.success() ? succeeded : failed).increment();
  }

  public long registrations() {
    return registered.sum();
  }

  /** Commands that were taken. */
  public long commands() {
    return commanded.sum();
  }

  /** Commands that were not. */
  public long refusals() {
    return refused.sum();
  }

  /** Commands that ended well. */
  public long successes() {
    return succeeded.sum();
  }

  /** Commands that ended otherwise. */
  public long failures() {
    return failed.sum();
  }
}
