package dev.holdfast.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What holds while many threads are at one feed. An engine's own test extends it and says how one
 * is made.
 */
@Timeout(60)
public abstract class EngineConcurrencyContract {

  private static final FeedId ID = new FeedId("channel", "busy");
  private static final Retention ALL = new Retention(1 << 20, 1L << 40, Duration.ofHours(1));

  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** A new engine without feeds. */
  protected abstract Engine engine(InstantSource clock);

  @AfterEach
  void leaveNoThread() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(40, TimeUnit.SECONDS)).isTrue();
  }

  private static Payload payload(String text) {
    return Payload.of("t", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Event event) {
    return new String(event.body(), StandardCharsets.UTF_8);
  }

  /** Reads as a loop does: watch, poll until caught up, wait for the signal. */
  private static final class Following implements Callable<List<Event>> {
    private final Feed feed;
    private final Reader reader;
    private final long budget;
    private final List<Event> seen = new ArrayList<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean caughtUp;
    private volatile boolean over;
    private long lost;
    private long cursor;

    Following(Feed feed, From from, long budget) {
      this.feed = feed;
      Feed.Attached attached = feed.attach(from);
      this.reader = attached.reader();
      this.cursor = attached.position().offset();
      this.budget = budget;
    }

    @Override
    public List<Event> call() {
      Thread me = Thread.currentThread();
      Feed.Watch watch =
          feed.watch(() -> {
            signalled.set(true);
            LockSupport.unpark(me);
          });
      try {
        follow();
      } finally {
        watch.close();
      }
      return seen;
    }

    private void follow() {
      while (!over && !Thread.currentThread().isInterrupted()) {
        signalled.set(false);
        caughtUp = false;
        while (!caughtUp) {
          reader.poll(budget, this::take);
        }
        while (!over && !signalled.get() && !Thread.currentThread().isInterrupted()) {
          LockSupport.park();
        }
      }
    }

    private void take(Delivery delivery) {
      switch (delivery) {
        case Event event -> {
          if (event.offset() != ++cursor) {
            throw new AssertionError(event.offset() + " where " + cursor + " was due");
          }
          seen.add(event);
        }
        case Delivery.Gap gap -> {
          if (gap.from() != cursor + 1 || gap.to() < gap.from()) {
            throw new AssertionError(gap + " after " + cursor);
          }
          lost += gap.to() - cursor;
          cursor = gap.to();
        }
        case Delivery.Mark mark -> {
          caughtUp = true;
          over = mark == Delivery.Mark.END;
        }
        case Delivery.Snapshot snapshot -> throw new AssertionError("no snapshot: " + snapshot);
      }
    }
  }

  @Test
  void noWakeUpIsLostAndEveryReaderSeesEverything() throws Exception {
    Owner owner = engine(InstantSource.system()).own(ID, ALL);
    List<Future<List<Event>>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(threads.submit(new Following(owner.feed(), From.START, i == 0 ? 1 : 4_096)));
    }
    int each = 20_000;
    List<Future<?>> writers = new ArrayList<>();
    for (int w = 0; w < 2; w++) {
      String name = "w" + w + "-";
      writers.add(
          threads.submit(() -> {
            for (int i = 0; i < each; i++) {
              owner.append(payload(name + i));
            }
          }));
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    owner.end(payload("end"));
    for (Future<List<Event>> reader : readers) {
      List<Event> seen = reader.get();
      assertThat(seen).hasSize(2 * each + 1);
      assertThat(text(seen.getLast())).isEqualTo("end");
      for (int w = 0; w < 2; w++) {
        String name = "w" + w + "-";
        List<String> ofOne =
            seen.stream().map(e -> text(e)).filter(t -> t.startsWith(name)).toList();
        assertThat(ofOne.getLast()).isEqualTo(name + (each - 1));
        assertThat(ofOne).hasSize(each);
      }
    }
  }

  @Test
  void endingNeverDropsTheTail() throws Exception {
    Engine engine = engine(InstantSource.system());
    for (int round = 0; round < 2_000; round++) {
      FeedId id = new FeedId("run", "r" + round);
      Owner owner = engine.own(id, ALL);
      Future<List<Event>> reader = threads.submit(new Following(owner.feed(), From.NOW, 100));
      Future<List<Event>> late =
          threads.submit(() -> new Following(owner.feed(), From.START, 1).call());
      owner.append(payload("a"));
      owner.append(payload("b"));
      owner.end(payload("end"));
      List<Event> seen = reader.get();
      assertThat(text(seen.getLast())).isEqualTo("end");
      assertThat(late.get()).hasSize(3);
      engine.remove(id);
    }
  }

  @Test
  void whatIsTrimmedUnderAReaderIsAlwaysTold() throws Exception {
    Owner owner =
        engine(InstantSource.system()).own(ID, new Retention(8, 1 << 20, Duration.ofHours(1)));
    List<Following> followings = new ArrayList<>();
    List<Future<List<Event>>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Following following = new Following(owner.feed(), From.START, i == 0 ? 1 : 100_000);
      followings.add(following);
      readers.add(threads.submit(following));
    }
    int events = 200_000;
    for (int i = 1; i < events; i++) {
      owner.append(payload(String.valueOf(i)));
    }
    owner.end(payload(String.valueOf(events)));
    for (int i = 0; i < readers.size(); i++) {
      List<Event> seen = readers.get(i).get();
      assertThat(seen).allSatisfy(e -> assertThat(text(e)).isEqualTo(String.valueOf(e.offset())));
      assertThat(seen.size() + followings.get(i).lost).isEqualTo(events);
    }
  }

  @Test
  void readersGoOnWhileTheFeedIsSweptAndShrinks() throws Exception {
    Engine engine = engine(InstantSource.system());
    Owner owner = engine.own(ID, new Retention(4_096, 1 << 24, Duration.ofMillis(1)));
    Future<List<Event>> reader = threads.submit(new Following(owner.feed(), From.START, 1_000));
    AtomicBoolean done = new AtomicBoolean();
    Future<?> sweeper =
        threads.submit(() -> {
          while (!done.get()) {
            engine.sweep();
          }
        });
    for (int i = 1; i < 100_000; i++) {
      owner.append(payload(String.valueOf(i)));
    }
    owner.end(payload("end"));
    done.set(true);
    sweeper.get();
    assertThat(text(reader.get().getLast())).isEqualTo("end");
  }

  @Test
  void ofTwoOwnersOnlyTheNewerOneAppends() throws Exception {
    Engine engine = engine(InstantSource.system());
    AtomicReference<Owner> current = new AtomicReference<>(engine.own(ID, ALL));
    Feed feed = current.get().feed();
    Future<List<Event>> reader = threads.submit(new Following(feed, From.START, 10_000));
    Set<String> appended = ConcurrentHashMap.newKeySet();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    List<Future<?>> writers = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      String name = "w" + w + "-";
      writers.add(
          threads.submit(() -> {
            for (int i = 0; i < 10_000; i++) {
              if (i % 100 == 0) {
                current.set(engine.own(ID, ALL));
              }
              String text = name + i;
              boolean in = current.get().append(payload(text)) instanceof Owner.Appended.At;
              (in ? appended : refused).add(text);
            }
          }));
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    engine.own(ID, ALL).end(payload("end"));
    List<String> seen = reader.get().stream().map(e -> text(e)).toList();
    assertThat(seen.getLast()).isEqualTo("end");
    assertThat(seen.subList(0, seen.size() - 1)).containsExactlyInAnyOrderElementsOf(appended);
    assertThat(seen).doesNotContainAnyElementsOf(refused.isEmpty() ? List.of("none") : refused);
  }
}
