package dev.holdfast.kinds.device;

import java.util.HashMap;
import java.util.Map;

/** Bytes that are stored or about to be, by user and in all. Guarded by itself; any thread. */
final class Quota {

  private final long mostPerUser;
  private final long mostInAll;
  private final Map<String, Long> used = new HashMap<>();
  private long usedInAll;

  Quota(long mostPerUser, long mostInAll) {
    this.mostPerUser = mostPerUser;
    this.mostInAll = mostInAll;
  }

  /** Takes room for that many more, if there is. */
  synchronized boolean take(String user, long bytes) {
    if (used.getOrDefault(user, 0L) + bytes > mostPerUser || usedInAll + bytes > mostInAll) {
      return false;
    }
    count(user, bytes);
    return true;
  }

  /** They are there, whether or not there is room. */
  synchronized void count(String user, long bytes) {
    used.merge(user, bytes, Long::sum);
    usedInAll += bytes;
  }

  /** They are there no more. */
  synchronized void release(String user, long bytes) {
    used.computeIfPresent(user, (name, mine) -> mine <= bytes ? null : mine - bytes);
    usedInAll -= bytes;
  }

  synchronized long usedInAll() {
    return usedInAll;
  }
}
