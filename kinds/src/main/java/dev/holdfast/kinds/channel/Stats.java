package dev.holdfast.kinds.channel;

import java.util.Map;

/**
 * How many are where. Immutable; any thread.
 *
 * @param connections admitted ones
 * @param channels subscribers by channel; none of 0
 */
public record Stats(int connectedUsers, int connections, Map<String, Integer> channels) {}
