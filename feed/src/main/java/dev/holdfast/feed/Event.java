package dev.holdfast.feed;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a feed: a payload with its place and time.
 *
 * <p>An event remembers how it was rendered, so that a frame is encoded once and not once per
 * reader. Any thread.
 */
public final class Event implements Delivery {

  /** What an event costs beyond its body: object headers, ring slot and rendering, in bytes. */
  private static final int OVERHEAD = 128;

  private final long offset;
  private final long millis;
  private final Payload payload;

  // Written without a barrier: a Rendered has final fields only, so a racing reader sees a whole
  // one or none, and at worst renders once more.
  private @Nullable Rendered rendered;

  /**
   * @param offset at least 1
   * @param millis when it was appended, in milliseconds since 1970 UTC
   */
  public Event(long offset, long millis, Payload payload) {
    this.offset = offset;
    this.millis = millis;
    this.payload = payload;
  }

  public long offset() {
    return offset;
  }

  /** When it was appended, in milliseconds since 1970 UTC. */
  public long millis() {
    return millis;
  }

  public Payload payload() {
    return payload;
  }

  /** What it counts towards {@link Retention#bytes()} and towards a reader's budget, in bytes. */
  public int cost() {
    return OVERHEAD + 2 * payload.body().length;
  }

  /** The event as that rendering writes it: the same array for every caller. */
  @SuppressWarnings("ReferenceEquality") // a rendering is known by which one it is
  public byte[] rendered(FeedId feed, Rendering by) {
    for (Rendered r = rendered; r != null; r = r.next) {
      if (r.by == by) {
        return r.bytes;
      }
    }
    byte[] bytes = by.render(feed, this);
    rendered = new Rendered(by, bytes, rendered);
    return bytes;
  }

  /** Turns an event into the bytes of one dialect; one shared instance per dialect. Any thread. */
  @FunctionalInterface
  public interface Rendering {
    byte[] render(FeedId feed, Event event);
  }

  private static final class Rendered {
    final Rendering by;
    final byte[] bytes;
    final @Nullable Rendered next;

    Rendered(Rendering by, byte[] bytes, @Nullable Rendered next) {
      this.by = by;
      this.bytes = bytes;
      this.next = next;
    }
  }
}
