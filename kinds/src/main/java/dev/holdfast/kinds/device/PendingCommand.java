package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command that has not ended. It waits until a link carries it; what a link carried and did not
 * send waits again when the link is gone; what was sent is never sent again, unless the device says
 * that it did not get it. Guarded by its device.
 */
final class PendingCommand {

  final String id;
  final String name;
  final @Nullable String params;
  final String by;
  final long deadlineMillis;
  final Consumer<DeviceResult> told;
  final @Nullable Upload upload;
  @Nullable Link carrier;

  /** Whether it is in the backlog. */
  boolean kept;

  /** Whether no link may carry it before the backlog knows that. */
  boolean held;

  /** Which one it is of those that were delivered, from 1; 0 where it was not. */
  long delivery;

  PendingCommand(
      String id,
      String name,
      @Nullable String params,
      String by,
      long deadlineMillis,
      Consumer<DeviceResult> told,
      @Nullable Upload upload) {
    this.id = id;
    this.name = name;
    this.params = params;
    this.by = by;
    this.deadlineMillis = deadlineMillis;
    this.told = told;
    this.upload = upload;
  }

  boolean waits() {
    return carrier == null && delivery == 0;
  }

  int paramsLength() {
    return params == null ? 0 : params.length();
  }

  /** When it ends without a result: a piece of what it yields puts that off. */
  long endsMillis() {
    return upload == null ? deadlineMillis : Math.max(deadlineMillis, upload.dueMillis());
  }

  /** What the device is told. */
  Members order() {
    return new Members()
        .text("command_id", id)
        .text("command", name)
        .raw("params", params == null ? "{}" : params)
        .text("deadline", time(deadlineMillis))
        .raw("upload", upload == null ? null : upload.json());
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
