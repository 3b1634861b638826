package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps feeds in memory. */
final class MemoryEngine implements Engine {

  private final ConcurrentMap<FeedId, MemoryFeed> feeds = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final LongSupplier epochs;

  MemoryEngine(InstantSource clock, LongSupplier epochs) {
    this.clock = clock;
    this.epochs = epochs;
  }

  @Override
  public Owner own(FeedId id, Retention retention) {
    // Within the map's own step: a feed that is being removed is never owned anew.
    AtomicReference<@Nullable Owner> owner = new AtomicReference<>();
    feeds.compute(
        id,
        (name, found) -> {
          MemoryFeed feed =
              found == null ? new MemoryFeed(name, epochs.getAsLong(), retention, clock) : found;
          owner.set(feed.own());
          return feed;
        });
    return Objects.requireNonNull(owner.get());
  }

  @Override
  public @Nullable Feed find(FeedId id) {
    return feeds.get(id);
  }

  @Override
  public boolean remove(FeedId id) {
    AtomicBoolean removed = new AtomicBoolean();
    feeds.computeIfPresent(
        id,
        (name, feed) -> {
          feed.fence();
          removed.set(true);
          return null;
        });
    return removed.get();
  }

  @Override
  public void sweep() {
    feeds.values().forEach(MemoryFeed::sweep);
  }

  @Override
  public int size() {
    return feeds.size();
  }
}
