package dev.holdfast.kinds.common;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The processes that connect to the gateway and work for it. Each reads a feed of its own on which
 * it is given work; several that serve the same share its load. Any thread.
 */
public final class Workers {

  /** The kind of a worker's feed. */
  public static final String KIND = "worker";

  private static final Retention KEPT = new Retention(10_000, 8L << 20, Duration.ofHours(1));

  private final Engine engine;
  private final Duration lease;
  private final Duration patience;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ConcurrentMap<String, Worker> bySession = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Worker> byId = new ConcurrentHashMap<>();
  private final List<Consumer<Worker>> watchers = new CopyOnWriteArrayList<>();

  /**
   * @param lease how long a worker may be away before it is lost
   * @param patience how long work waits for a worker that has room for it
   */
  public Workers(
      Engine engine, Duration lease, Duration patience, InstantSource clock, LongSupplier random) {
    this.engine = engine;
    this.lease = lease;
    this.patience = patience;
    this.clock = clock;
    this.random = random;
  }

  /** Has somebody told of each worker that is lost, before its work is. */
  public void whenLost(Consumer<Worker> watcher) {
    watchers.add(watcher);
  }

  /**
   * Takes a session for a worker that serves these.
   *
   * @param kind of work
   * @param room how much it does at once, by the names of what it serves
   */
  public Worker serve(String sessionId, String user, String kind, Map<String, Integer> room) {
    synchronized (this) {
      Worker worker = bySession.computeIfAbsent(sessionId, session -> enlist(user));
      worker.serve(kind, room);
      notifyAll();
      return worker;
    }
  }

  private Worker enlist(String user) {
    String id = Ids.of(random, 1);
    Worker worker = new Worker(id, user, engine.own(new FeedId(KIND, id), KEPT), clock.millis());
    byId.put(id, worker);
    return worker;
  }

  /** On which a worker is given work. */
  public static FeedId feedId(Worker worker) {
    return new FeedId(KIND, worker.id());
  }

  /** The feed of a worker, for its own user and for administrators; null for others. */
  public @Nullable Feed feed(String workerId, String user, boolean admin) {
    Worker worker = byId.get(workerId);
    return worker != null && (admin || worker.user().equals(user)) ? worker.owner().feed() : null;
  }

  /** A worker reads its feed from now on. */
  public void present(String workerId) {
    Worker worker = byId.get(workerId);
    if (worker != null) {
      worker.present();
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** A worker reads its feed no more. */
  public void absent(String workerId) {
    Worker worker = byId.get(workerId);
    if (worker != null) {
      worker.absent(clock.millis());
    }
  }

  /** What a session's worker has been given under that id; null for nothing of that type. */
  public <A extends Assignment> @Nullable A assignment(String sessionId, String id, Class<A> type) {
    Worker worker = bySession.get(sessionId);
    Assignment assignment = worker == null ? null : worker.assignment(id);
    return type.isInstance(assignment) ? type.cast(assignment) : null;
  }

  /** Workers that are known now, there or away for a moment. */
  public int size() {
    return byId.size();
  }

  /** Gives up workers that have been away for too long; to be called several times a second. */
  public void tick() {
    long before = clock.millis() - lease.toMillis();
    for (Map.Entry<String, Worker> entry : bySession.entrySet()) {
      Worker worker = entry.getValue();
      if (worker.awaySince(before)) {
        bySession.remove(entry.getKey(), worker);
        byId.remove(worker.id(), worker);
        watchers.forEach(watcher -> watcher.accept(worker));
        worker.lose();
        engine.remove(worker.owner().feed().id());
      }
    }
  }

  /**
   * Gives it to the worker with the least to do that has room, and waits for one.
   *
   * @return whether there was one in time
   */
  public boolean assign(Assignment assignment) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (true) {
        List<Worker> able = new ArrayList<>();
        for (Worker worker : byId.values()) {
          if (worker.room(assignment.kind(), assignment.name()) > 0) {
            able.add(worker);
          }
        }
        if (!able.isEmpty()) {
          able.sort(Comparator.comparingInt(Worker::busy).thenComparing(Worker::id));
          able.getFirst().assign(assignment);
          return true;
        }
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        // Room that an end makes is told to nobody, hence seen soon.
        wait(Math.min(left, 100));
      }
    }
  }
}
