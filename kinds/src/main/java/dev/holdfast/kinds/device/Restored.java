package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Commands that waited when the gateway was stopped, of devices that have not come back yet.
 * Guarded by itself; any thread.
 */
final class Restored {

  private final Backlog backlog;
  private final Owners owners;
  private final List<Backlog.Kept> all;

  Restored(Backlog backlog, Owners owners) throws IOException {
    this.backlog = backlog;
    this.owners = owners;
    this.all = new ArrayList<>(backlog.all());
  }

  /** Takes those of a device that is back, in their order, whose deadline is not over. */
  synchronized List<Backlog.Kept> take(String user, String deviceId, long nowMillis) {
    List<Backlog.Kept> taken =
        all.stream()
            .filter(one -> one.user().equals(user) && one.deviceId().equals(deviceId))
            .filter(one -> one.deadlineMillis() > nowMillis)
            .toList();
    all.removeAll(taken);
    return taken;
  }

  /** Ends those whose deadline is over. */
  synchronized void tick(long nowMillis) {
    for (Iterator<Backlog.Kept> each = all.iterator(); each.hasNext(); ) {
      Backlog.Kept one = each.next();
      if (one.deadlineMillis() <= nowMillis) {
        each.remove();
        backlog.forget(one.id());
        Members said =
            new Members()
                .text("device_id", one.deviceId())
                .text("action", "failed")
                .text("command_id", one.id())
                .text("command", one.name())
                .text("by", one.by())
                .raw(
                    "error",
                    DeviceResult.error(
                        "timeout", "the device was away until the deadline, and a restart"));
        owners.tell(one.user(), "device:audit:log", said.object());
      }
    }
  }
}
