package dev.holdfast.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts who is in, and says who may come in. Any thread. */
final class Door {

  /** Addresses whose rate is remembered, before those that were quiet are forgotten. */
  private static final int MANY_ADDRESSES = 10_000;

  private final Settings settings;
  private final AtomicInteger connections = new AtomicInteger();
  private final ConcurrentMap<String, Integer> byIp = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> byUser = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Bucket> rates = new ConcurrentHashMap<>();
  private volatile Runnable whenEmpty = () -> {};

  Door(Settings settings) {
    this.settings = settings;
  }

  int connections() {
    return connections.get();
  }

  /** Runs it once nobody is in; at once when nobody is. */
  void whenEmpty(Runnable then) {
    AtomicInteger once = new AtomicInteger();
    whenEmpty =
        () -> {
          if (once.getAndIncrement() == 0) {
            then.run();
          }
        };
    if (connections.get() == 0) {
      whenEmpty.run();
    }
  }

  Knock ask(Opening opening, long now) {
    long wait = rateWait(opening.ip(), now);
    if (wait > 0) {
      return refused(429, (wait + 999) / 1000, "too many connects from this address");
    }
    if (connections.incrementAndGet() > settings.maxConnections()) {
      leaveAll();
      return refused(503, 5, "this server has no room for another connection");
    }
    if (!count(byIp, opening.ip(), settings.maxConnectionsPerIp())) {
      leaveAll();
      return refused(429, 5, "too many connections from this address");
    }
    return new Knock.Welcome(new Ticket(this, opening));
  }

  boolean enter(String userId) {
    return count(byUser, userId, settings.maxConnectionsPerUser());
  }

  void leaveUser(String userId) {
    uncount(byUser, userId);
  }

  void leave(String ip, @Nullable String userId) {
    if (userId != null) {
      leaveUser(userId);
    }
    uncount(byIp, ip);
    leaveAll();
  }

  static Knock.Refused refused(int status, long seconds, String message) {
    return new Knock.Refused(status, Math.max(1, seconds), message);
  }

  private void leaveAll() {
    if (connections.decrementAndGet() == 0) {
      whenEmpty.run();
    }
  }

  private long rateWait(String ip, long now) {
    if (rates.size() > MANY_ADDRESSES) {
      rates.values().removeIf(bucket -> idle(bucket, now));
    }
    int perSecond = settings.connectsPerSecond();
    Bucket bucket = rates.computeIfAbsent(ip, made -> new Bucket(perSecond, 2.0 * perSecond, now));
    synchronized (bucket) {
      return bucket.take(now) ? 0 : Math.max(1, bucket.waitMillis());
    }
  }

  private static boolean idle(Bucket bucket, long now) {
    synchronized (bucket) {
      return bucket.full(now);
    }
  }

  private static boolean count(ConcurrentMap<String, Integer> counts, String key, int most) {
    for (; ; ) {
      Integer have = counts.putIfAbsent(key, 1);
      if (have == null) {
        return true;
      }
      if (have >= most) {
        return false;
      }
      if (counts.replace(key, have, have + 1)) {
        return true;
      }
    }
  }

  private static void uncount(ConcurrentMap<String, Integer> counts, String key) {
    counts.computeIfPresent(key, (k, have) -> have == 1 ? null : have - 1);
  }
}
