package dev.holdfast.feed;

/**
 * Is told that a feed has more to read. Carries no data, so that it may be merged or come early.
 *
 * <p>Called on the appending thread, outside every lock of the feed; must return at once and not
 * throw.
 */
@FunctionalInterface
public interface Signal {
  void signal();
}
