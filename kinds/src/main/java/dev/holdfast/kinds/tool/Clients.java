package dev.holdfast.kinds.tool;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted of each client, for as long as it calls anything. Any thread. */
final class Clients {

  /** So that whoever makes up sessions fills no memory. */
  private static final int MOST = 10_000;

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

    private Counts(String user) {
      this.user = user;
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

  private final Cache<String, Counts> counts;

  /**
   * @param keptFor how long a client's figures are kept that calls nothing
   */
  Clients(Duration keptFor, InstantSource clock) {
    counts =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(keptFor)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /** Those of the client that has a session. */
  Counts of(String session, String user) {
    return counts.get(session, id -> new Counts(user));
  }

  /** A call has ended. */
  void ended(Call call, boolean well) {
    Counts mine = of(call.session(), call.user());
    long nanos = call.nanos();
    (well ? mine.succeeded : mine.failed).incrementAndGet();
    mine.nanos.addAndGet(nanos);
    mine.slowestNanos.accumulateAndGet(nanos, Math::max);
  }

  /** Each client's figures. */
  List<ClientFigures> all() {
    return counts.asMap().entrySet().stream()
        .map(one -> one.getValue().figures(one.getKey()))
        .toList();
  }

  /** Forgets those that have been idle for long enough. */
  void sweep() {
    counts.cleanUp();
  }
}
