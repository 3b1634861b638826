package dev.holdfast.kinds.tool;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted of each client, for as long as it calls anything. Any thread. */
final class Clients {

  /** So that whoever makes up sessions fills no memory: the others are counted together. */
  private static final int MOST = 10_000;

  private static final String OTHERS = "others";

  private static final double NANOS = 1e9;

  /** What is counted of one. */
  static final class Counts {
    final AtomicLong requested = new AtomicLong();
    final AtomicLong succeeded = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong joined = new AtomicLong();
    final AtomicLong cached = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final String user;
    private volatile long usedMillis;

    private Counts(String user) {
      this.user = user;
    }

    /** A call has ended. */
    void ended(long tookNanos, boolean well) {
      (well ? succeeded : failed).incrementAndGet();
      nanos.addAndGet(tookNanos);
      if (tookNanos > slowestNanos.get()) {
        slowestNanos.accumulateAndGet(tookNanos, Math::max);
      }
    }

    private ClientFigures figures(String session) {
      return new ClientFigures(
          session,
          user,
          requested.get(),
          succeeded.get(),
          failed.get(),
          repeated.get(),
          joined.get(),
          cached.get(),
          nanos.get() / NANOS,
          slowestNanos.get() / NANOS);
    }
  }

  private final ConcurrentMap<String, Counts> counts = new ConcurrentHashMap<>();
  private final long keptMillis;
  private final InstantSource clock;

  /**
   * @param keptFor how long a client's figures are kept that calls nothing
   */
  Clients(Duration keptFor, InstantSource clock) {
    this.keptMillis = keptFor.toMillis();
    this.clock = clock;
  }

  /** Those of the client that has a session. */
  Counts of(String session, String user) {
    Counts mine = counts.get(session);
    if (mine == null) {
      mine =
          counts.size() < MOST
              ? counts.computeIfAbsent(session, id -> new Counts(user))
              : counts.computeIfAbsent(OTHERS, id -> new Counts(OTHERS));
    }
    long now = clock.millis();
    if (mine.usedMillis != now) {
      mine.usedMillis = now;
    }
    return mine;
  }

  /** Each client's figures. */
  List<ClientFigures> all() {
    return counts.entrySet().stream().map(one -> one.getValue().figures(one.getKey())).toList();
  }

  /** Forgets those that have been idle for long enough. */
  void sweep() {
    long before = clock.millis() - keptMillis;
    counts.values().removeIf(one -> one.usedMillis < before);
  }
}
