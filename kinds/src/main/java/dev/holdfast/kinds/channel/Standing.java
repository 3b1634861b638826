package dev.holdfast.kinds.channel;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;

/**
 * A feed that somebody reads from admission on. Immutable; any thread.
 *
 * @param told whether it is told of it
 */
public record Standing(FeedId feed, From from, boolean told) {}
