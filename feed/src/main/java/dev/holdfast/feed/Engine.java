package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps feeds. Any thread. */
public interface Engine {

  /**
   * Takes the right to append to a feed, which is made where there is none. The owner before, if
   * any, is fenced out. A feed that exists keeps its retention.
   */
  Owner own(FeedId id, Retention retention);

  /** The feed of that name, or null. */
  @Nullable Feed find(FeedId id);

  /**
   * Forgets a feed: a later one of that name has another epoch. Its readers are told the end when
   * it had ended, else they stay caught up for ever; its owner is fenced out.
   *
   * @return whether there was one
   */
  boolean remove(FeedId id);

  /** Drops the events and keys that are past their age, in every feed. */
  void sweep();

  /** How many feeds there are. */
  int size();

  /**
   * An engine that keeps feeds in this process's memory.
   *
   * @param epochs gives the epoch of each new feed: never 0, never the same for one name twice
   */
  static Engine inMemory(InstantSource clock, LongSupplier epochs) {
    return new MemoryEngine(clock, epochs);
  }
}
