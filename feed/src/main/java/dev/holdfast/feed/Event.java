package dev.holdfast.feed;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a feed: a payload with its place and time. It holds what the payload held, so that a
 * feed of millions keeps two objects for each and not three. Immutable; any thread.
 */
public final class Event implements Delivery {

  /** What an event costs beyond its body: object headers, its time and its slot, in bytes. */
  private static final int OVERHEAD = 96;

  private final long offset;
  private final long millis;
  private final String type;
  private final byte[] body;
  private final @Nullable String origin;
  private final int cost;

  /**
   * @param offset at least 1
   * @param millis when it was appended, in milliseconds since 1970 UTC
   */
  public Event(long offset, long millis, Payload payload) {
    this.offset = offset;
    this.millis = millis;
    this.type = payload.type();
    this.body = payload.body();
    this.origin = payload.origin();
    // Kept rather than asked of the body each time: trimming looks at events long out of any cache.
    this.cost = OVERHEAD + body.length;
  }

  public long offset() {
    return offset;
  }

  /** When it was appended, in milliseconds since 1970 UTC. */
  public long millis() {
    return millis;
  }

  public String type() {
    return type;
  }

  /** The body itself, not a copy: read it, never write to it. */
  public byte[] body() {
    return body;
  }

  /** The connection that caused it, where the owner said so. */
  public @Nullable String origin() {
    return origin;
  }

  /** What it counts towards {@link Retention#bytes()} and towards a reader's budget, in bytes. */
  public int cost() {
    return cost;
  }
}
