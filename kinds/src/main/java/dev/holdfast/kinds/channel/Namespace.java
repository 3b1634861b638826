package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Retention;

/**
 * Channels with the same rules. Immutable; any thread.
 *
 * @param pattern of their names, {@code *} for any run of characters; the longest that matches
 *     rules
 * @param presence whether users see who joins and leaves
 */
public record Namespace(
    String pattern, Retention retention, boolean presence, Access subscribe, Access publish) {

  /** Who may do a thing with the channels of a namespace. */
  public enum Access {
    /** Every admitted user. */
    EVERYONE,
    /** Users with a matching claim. */
    CLAIM,
    /** Administrators. */
    ADMIN
  }
}
