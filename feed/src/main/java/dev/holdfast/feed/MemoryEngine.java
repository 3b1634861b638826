package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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
    return feeds
        .computeIfAbsent(id, made -> new MemoryFeed(made, epochs.getAsLong(), retention, clock))
        .own();
  }

  @Override
  public @Nullable Feed find(FeedId id) {
    return feeds.get(id);
  }

  @Override
  public boolean remove(FeedId id) {
    MemoryFeed feed = feeds.remove(id);
    if (feed == null) {
      return false;
    }
    feed.fence();
    return true;
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
