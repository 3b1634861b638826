package dev.holdfast.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Random histories of one feed, compared step by step with a model that is nothing but a list. An
 * engine's own test extends it and says how one is made.
 */
public abstract class EngineModelContract {

  private static final FeedId ID = new FeedId("channel", "model");
  private static final int STEPS = 400;

  /** What is known of a feed by having seen everything that was done to it. */
  private static final class Model {
    final long epoch;
    final Retention retention;
    final List<Event> events = new ArrayList<>();
    final Map<String, Long> keys = new HashMap<>();
    long head;
    boolean ended;

    Model(long epoch, Retention retention) {
      this.epoch = epoch;
      this.retention = retention;
    }

    long tail() {
      return events.size();
    }

    Event at(long offset) {
      return events.get((int) offset - 1);
    }

    long bytesAfter(long offset) {
      long bytes = 0;
      for (long o = offset + 1; o <= tail(); o++) {
        bytes += at(o).cost();
      }
      return bytes;
    }
  }

  /** A reader, and where it has to be. */
  private static final class Watched {
    final Reader reader;
    final Model of;
    long cursor;

    Watched(Reader reader, Model of, long cursor) {
      this.reader = reader;
      this.of = of;
      this.cursor = cursor;
    }
  }

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong epochs = new AtomicLong(100);
  private final List<Watched> readers = new ArrayList<>();
  private final List<Position> old = new ArrayList<>();
  private @Nullable Model model;
  private @Nullable Owner owner;
  private @Nullable Owner fenced;

  /** A new engine without feeds that tells the time by that clock and takes its epochs there. */
  protected abstract Engine engine(InstantSource clock, java.util.function.LongSupplier epochs);

  @RepeatedTest(60)
  void everyHistoryAgreesWithTheModel() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    Engine engine = engine(() -> Instant.ofEpochMilli(millis.get()), epochs::incrementAndGet);
    Retention retention =
        new Retention(
            1 + random.nextInt(20),
            1 + random.nextInt(4_000),
            Duration.ofMillis(1 + random.nextInt(5_000)));
    try {
      for (int step = 0; step < STEPS; step++) {
        step(engine, random, retention);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " (-Dholdfast.seed): " + e.getMessage(), e);
    }
  }

  private void step(Engine engine, Random random, Retention retention) {
    Model now = model;
    Owner by = owner;
    if (now == null || by == null) {
      owner = engine.own(ID, retention);
      model = new Model(owner.feed().tail().epoch(), retention);
      assertThat(owner.feed().tail().offset()).isZero();
      return;
    }
    switch (random.nextInt(20)) {
      case 0 -> {
        fenced = by;
        owner = engine.own(ID, retention);
        assertThat(owner.feed().tail()).isEqualTo(new Position(now.epoch, now.tail()));
      }
      case 1 -> {
        if (random.nextInt(4) == 0) {
          assertThat(engine.remove(ID)).isTrue();
          fenced = by;
          model = null;
        }
      }
      case 2 -> {
        if (random.nextInt(4) == 0 && !now.ended) {
          Payload last = payload(random);
          assertThat(by.end(last)).isEqualTo(new Owner.Appended.At(now.tail() + 1));
          add(now, last, by.feed());
          now.ended = true;
        }
      }
      case 3 -> {
        millis.addAndGet(random.nextInt(1_500));
        engine.sweep();
        swept(now, by.feed());
      }
      case 4, 5 -> attach(by.feed(), now, random);
      case 6 -> history(by.feed(), now, random);
      case 7 -> {
        Owner late = fenced;
        if (late != null) {
          assertThat(late.append(payload(random))).isEqualTo(new Owner.Appended.Fenced());
        }
      }
      case 8, 9, 10, 11 -> poll(random);
      default -> append(by, now, random);
    }
  }

  private static Payload payload(Random random) {
    byte[] body = new byte[random.nextInt(300)];
    java.util.Arrays.fill(body, (byte) ('a' + random.nextInt(26)));
    return Payload.of("t" + random.nextInt(5), body);
  }

  private void append(Owner by, Model now, Random random) {
    String key = random.nextInt(3) == 0 ? "k" + random.nextInt(10) : null;
    Payload payload = payload(random);
    Owner.Appended outcome = by.append(payload, key);
    if (now.ended) {
      assertThat(outcome).isEqualTo(new Owner.Appended.Ended());
      return;
    }
    if (outcome instanceof Owner.Appended.Duplicate(long offset)) {
      assertThat(offset).isEqualTo(now.keys.get(String.valueOf(key)));
      return;
    }
    assertThat(outcome).isEqualTo(new Owner.Appended.At(now.tail() + 1));
    add(now, payload, by.feed());
    if (key != null) {
      now.keys.put(key, now.tail());
    }
  }

  private void add(Model now, Payload payload, Feed feed) {
    now.events.add(new Event(now.tail() + 1, millis.get(), payload));
    assertThat(feed.tail()).isEqualTo(new Position(now.epoch, now.tail()));
    trimmed(now, feed);
  }

  /** The head moves no further than retention makes it, and no less. */
  private void trimmed(Model now, Feed feed) {
    long head = feed.head().offset();
    assertThat(head).isBetween(now.head, Math.max(0, now.tail() - 1));
    Retention kept = now.retention;
    boolean alone = head + 1 == now.tail();
    assertThat(now.tail() - head).isLessThanOrEqualTo(Math.max(1, kept.events()));
    assertThat(alone || now.bytesAfter(head) <= kept.bytes()).as("bytes kept").isTrue();
    if (head > now.head) {
      boolean needed =
          now.tail() - head + 1 > kept.events()
              || now.bytesAfter(head - 1) > kept.bytes()
              || now.at(head).millis() <= millis.get() - kept.age().toMillis();
      assertThat(needed).as("event %s had to go", head).isTrue();
    }
    now.head = head;
  }

  private void swept(Model now, Feed feed) {
    long head = feed.head().offset();
    assertThat(head).isBetween(now.head, now.tail());
    for (long offset = head + 1; offset <= now.tail(); offset++) {
      boolean fresh = now.at(offset).millis() > millis.get() - now.retention.age().toMillis();
      assertThat(fresh || (now.ended && offset == now.tail())).as("%s is kept", offset).isTrue();
    }
    for (long offset = now.head + 1; offset <= head; offset++) {
      assertThat(now.at(offset).millis())
          .isLessThanOrEqualTo(millis.get() - now.retention.age().toMillis());
    }
    now.head = head;
  }

  private void attach(Feed feed, Model now, Random random) {
    old.add(new Position(now.epoch, random.nextLong(now.tail() + 3)));
    From from =
        switch (random.nextInt(4)) {
          case 0 -> From.START;
          case 1 -> From.NOW;
          default -> new From.After(old.get(random.nextInt(old.size())));
        };
    Feed.Attached attached = feed.attach(from);
    long at = attached.position().offset();
    assertThat(attached.position().epoch()).isEqualTo(now.epoch);
    switch (from) {
      case From.Start() -> {
        assertThat(at).isEqualTo(now.head);
        assertThat(attached.recovered()).isTrue();
      }
      case From.Now() -> {
        assertThat(at).isEqualTo(now.tail());
        assertThat(attached.recovered()).isTrue();
      }
      case From.After(Position asked) -> {
        boolean there =
            asked.epoch() == now.epoch
                && asked.offset() >= now.head
                && asked.offset() <= now.tail();
        assertThat(attached.recovered()).as("recovered from %s", asked).isEqualTo(there);
        assertThat(at).isEqualTo(there ? asked.offset() : now.head);
      }
    }
    readers.add(new Watched(attached.reader(), now, at));
    if (readers.size() > 6) {
      readers.removeFirst();
    }
  }

  private void poll(Random random) {
    if (readers.isEmpty()) {
      return;
    }
    Watched one = readers.get(random.nextInt(readers.size()));
    List<Delivery> told = new ArrayList<>();
    long budget = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(1_000);
    long spent = one.reader.poll(budget, told::add);
    long cost = 0;
    boolean over = false;
    for (Delivery delivery : told) {
      assertThat(over).as("nothing comes after a mark").isFalse();
      switch (delivery) {
        case Event event -> {
          assertThat(cost).isLessThan(budget);
          assertThat(event.offset()).isEqualTo(++one.cursor);
          Event meant = one.of.at(event.offset());
          assertThat(event.type()).isEqualTo(meant.type());
          assertThat(event.body()).isEqualTo(meant.body());
          cost += event.cost();
        }
        case Delivery.Gap gap -> {
          assertThat(gap.from()).isEqualTo(one.cursor + 1);
          assertThat(gap.to()).isEqualTo(one.of.head);
          one.cursor = gap.to();
        }
        case Delivery.Snapshot snapshot -> throw new AssertionError("no snapshot: " + snapshot);
        case Delivery.Mark mark -> {
          over = true;
          assertThat(one.cursor).isEqualTo(one.of.tail());
          assertThat(mark).isEqualTo(one.of.ended ? Delivery.Mark.END : Delivery.Mark.CAUGHT_UP);
        }
      }
    }
    assertThat(spent).isEqualTo(cost);
    assertThat(over || spent >= budget).as("stopped for a reason").isTrue();
    assertThat(one.reader.position()).isEqualTo(new Position(one.of.epoch, one.cursor));
  }

  private static void history(Feed feed, Model now, Random random) {
    boolean reverse = random.nextBoolean();
    Long from = random.nextInt(3) == 0 ? null : Long.valueOf(random.nextLong(now.tail() + 2));
    int limit = 1 + random.nextInt(8);
    List<Long> meant = new ArrayList<>();
    if (reverse) {
      long begin = from == null ? now.tail() : Math.min(from - 1, now.tail());
      for (long o = begin; o > now.head && meant.size() < limit; o--) {
        meant.add(o);
      }
    } else {
      long begin = Math.max(from == null ? 0 : from, now.head) + 1;
      for (long o = begin; o <= now.tail() && meant.size() < limit; o++) {
        meant.add(o);
      }
    }
    Feed.Page page = feed.history(from, limit, reverse);
    assertThat(page.events().stream().map(Event::offset).toList()).isEqualTo(meant);
    for (Event event : page.events()) {
      assertThat(new String(event.body(), StandardCharsets.UTF_8))
          .isEqualTo(new String(now.at(event.offset()).body(), StandardCharsets.UTF_8));
    }
  }
}
