package dev.holdfast.kinds.device;

import java.util.HashMap;
import java.util.Map;

/** Bytes and files that are stored or about to be. Guarded by itself; any thread. */
final class Quota {

  /** Files of one user, however small: each costs an entry of a folder and of a list. */
  static final int MOST_FILES = 10_000;

  private final long mostPerUser;
  private final long mostInAll;
  private final Map<String, Long> used = new HashMap<>();
  private final Map<String, Integer> files = new HashMap<>();
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

  /** Takes room for one more file, if there is. */
  synchronized boolean takeFile(String user) {
    if (files.getOrDefault(user, 0) >= MOST_FILES) {
      return false;
    }
    countFile(user);
    return true;
  }

  /** There is one more file, whether or not there is room. */
  synchronized void countFile(String user) {
    files.merge(user, 1, Integer::sum);
  }

  /** There is one file less. */
  synchronized void releaseFile(String user) {
    files.computeIfPresent(user, (name, mine) -> mine == 1 ? null : mine - 1);
  }

  synchronized long usedInAll() {
    return usedInAll;
  }
}
