package dev.holdfast.feed;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients that are cut and come back, over and over, on feeds that are trimmed, taken over and made
 * anew, each step from one seed: looks for a recovery that is none, for a hole that nobody told,
 * and for an event that came twice.
 */
final class ResumeChecker {

  private static final int FEEDS = 16;
  private static final int CLIENTS = 64;

  /** What was done and found. */
  record Report(
      long appended,
      long delivered,
      long reconnects,
      long recovered,
      long gaps,
      long takeOvers,
      long made) {}

  /** One client: what it remembers is all that it may go by. */
  private static final class Client {
    final int feed;
    @Nullable Reader reader;
    @Nullable Position seen;

    Client(int feed) {
      this.feed = feed;
    }
  }

  private final Random random;
  private final AtomicLong millis = new AtomicLong(1);
  private final AtomicLong epochs = new AtomicLong();
  private final Engine engine;
  private final Owner[] owners = new Owner[FEEDS];
  private final List<Client> clients = new ArrayList<>();
  private long appended;
  private long delivered;
  private long reconnects;
  private long recovered;
  private long gaps;
  private long takeOvers;
  private long made;

  ResumeChecker(long seed, BiFunction<InstantSource, LongSupplier, Engine> engines) {
    random = new Random(seed);
    engine = engines.apply(() -> Instant.ofEpochMilli(millis.get()), epochs::incrementAndGet);
    for (int i = 0; i < FEEDS; i++) {
      owners[i] = make(i);
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(i % FEEDS));
    }
  }

  private static FeedId id(int feed) {
    return new FeedId("channel", "f" + feed);
  }

  private Owner make(int feed) {
    made++;
    Retention retention =
        new Retention(10 << (feed % 6), 20_000L << (feed % 4), Duration.ofMillis(2_000));
    return engine.own(id(feed), retention);
  }

  /**
   * Goes on until so many events have been appended.
   *
   * @throws AssertionError at the first thing that is wrong
   */
  Report run(long events) {
    while (appended < events) {
      int feed = random.nextInt(FEEDS);
      switch (random.nextInt(1_000)) {
        case 0 -> {
          engine.remove(id(feed));
          owners[feed] = make(feed);
        }
        case 1, 2, 3 -> {
          Owner before = owners[feed];
          owners[feed] = make(feed);
          made--;
          takeOvers++;
          if (!(before.append(body(0, 0)) instanceof Owner.Appended.Fenced)) {
            throw new AssertionError("an owner that was taken over appended");
          }
        }
        case 4, 5 -> {
          millis.addAndGet(random.nextInt(3_000));
          engine.sweep();
        }
        default -> {}
      }
      appendSome(owners[feed]);
      Client client = clients.get(random.nextInt(CLIENTS));
      switch (random.nextInt(4)) {
        case 0 -> client.reader = null;
        case 1 -> poll(client, Long.MAX_VALUE);
        default -> poll(client, random.nextInt(20_000));
      }
    }
    return new Report(appended, delivered, reconnects, recovered, gaps, takeOvers, made);
  }

  private void appendSome(Owner owner) {
    millis.incrementAndGet();
    for (int i = random.nextInt(16); i >= 0; i--) {
      Position tail = owner.feed().tail();
      owner.append(body(tail.epoch(), tail.offset() + 1));
      appended++;
    }
  }

  /** Each event says which one it is. */
  private Payload body(long epoch, long offset) {
    return Payload.of(
        "t", ByteBuffer.allocate(16 + random.nextInt(64)).putLong(epoch).putLong(offset).array());
  }

  private void poll(Client client, long budget) {
    Feed feed = owners[client.feed].feed();
    Reader reader = client.reader;
    if (reader == null || reader.position().epoch() != feed.tail().epoch()) {
      reader = connect(client, feed);
      client.reader = reader;
    }
    reader.poll(budget, delivery -> take(client, delivery, feed));
  }

  private Reader connect(Client client, Feed feed) {
    Position seen = client.seen;
    Position head = feed.head();
    Feed.Attached attached = feed.attach(seen == null ? From.START : new From.After(seen));
    reconnects++;
    if (seen != null) {
      boolean whole = seen.epoch() == head.epoch() && seen.offset() >= head.offset();
      if (attached.recovered() != whole) {
        throw new AssertionError(
            "recovered " + attached.recovered() + " from " + seen + ", head " + head);
      }
      if (attached.recovered()) {
        recovered++;
        if (!attached.position().equals(seen)) {
          throw new AssertionError("recovered from " + seen + " at " + attached.position());
        }
      }
    }
    client.seen = attached.position();
    return attached.reader();
  }

  private void take(Client client, Delivery delivery, Feed feed) {
    Position seen = client.seen;
    if (seen == null) {
      throw new AssertionError("connected without a place");
    }
    switch (delivery) {
      case Event event -> {
        ByteBuffer body = ByteBuffer.wrap(event.body());
        long epoch = body.getLong();
        long offset = body.getLong();
        if (event.offset() != seen.offset() + 1
            || offset != event.offset()
            || epoch != seen.epoch()) {
          throw new AssertionError(
              epoch + ":" + offset + " at " + event.offset() + " after " + seen);
        }
        delivered++;
        client.seen = new Position(seen.epoch(), event.offset());
      }
      case Delivery.Gap gap -> {
        if (gap.from() != seen.offset() + 1 || gap.to() > feed.head().offset()) {
          throw new AssertionError(gap + " after " + seen + ", head " + feed.head());
        }
        gaps++;
        client.seen = new Position(seen.epoch(), gap.to());
      }
      case Delivery.Mark mark -> {
        if (!feed.tail().equals(seen)) {
          throw new AssertionError(mark + " at " + seen + ", tail " + feed.tail());
        }
      }
      case Delivery.Snapshot snapshot -> throw new AssertionError("no snapshot: " + snapshot);
    }
  }
}
