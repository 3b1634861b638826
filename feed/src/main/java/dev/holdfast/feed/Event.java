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
  private final int span;
  private final Owner.@Nullable Merged merged;

  /**
   * @param offset at least 1
   * @param millis when it was appended, in milliseconds since 1970 UTC
   */
  public Event(long offset, long millis, Payload payload) {
    this(offset, 1, millis, payload, null);
  }

  /**
   * @param span how many events it stands for: those up to its own offset
   * @param merged says the same in parts; null where it has none
   */
  Event(long offset, int span, long millis, Payload payload, Owner.@Nullable Merged merged) {
    this.offset = offset;
    this.span = span;
    this.merged = merged;
    this.millis = millis;
    this.type = payload.type();
    this.body = payload.body();
    this.origin = payload.origin();
    // Kept rather than asked of the body each time: trimming looks at events long out of any cache.
    this.cost = cost(payload);
  }

  /** What an event with that payload costs. */
  public static int cost(Payload payload) {
    return OVERHEAD + payload.body().length;
  }

  public long offset() {
    return offset;
  }

  /**
   * How many events it stands for: 1, or more where events were merged. It takes the places up to
   * its offset.
   */
  public int span() {
    return span;
  }

  /** The part of it after one place and up to another, both within it; itself where that is all. */
  Event part(long after, long upTo) {
    if (merged == null || (after <= offset - span && upTo >= offset)) {
      return this;
    }
    long from = Math.max(after, offset - span);
    long to = Math.min(upTo, offset);
    return new Event(to, (int) (to - from), millis, merged.part(from, to), null);
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
