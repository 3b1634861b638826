package dev.holdfast.kinds.tool;

import java.time.Duration;
import java.util.List;

/**
 * How calls are kept within bounds. Immutable; any thread.
 *
 * @param maxCalls that run at once
 * @param maxPerSession that run at once and were begun by one session
 * @param queueTimeout how long a call waits for its turn; zero for not at all
 * @param maxQueued calls that wait
 * @param perSecond calls a second in all; 0 for any number; so for the next two
 * @param perSecondPerUser of one user
 * @param perSecondPerIp from one address
 * @param maxArguments bytes of the arguments of a call
 * @param timeout of tools that have none of their own
 * @param progressInterval between two signs of life
 * @param keptFor how long a call that has ended can be asked for
 * @param keptBytes of calls that have ended
 * @param cacheBytes of results that stand for identical calls
 * @param clientsKept how long the figures of a client stay that calls nothing
 * @param suffixes that are taken off the names of tools
 * @param uncoalesced tools whose identical calls are each made
 */
public record ToolSettings(
    int maxCalls,
    int maxPerSession,
    Duration queueTimeout,
    int maxQueued,
    int perSecond,
    int perSecondPerUser,
    int perSecondPerIp,
    long maxArguments,
    Duration timeout,
    Duration progressInterval,
    Duration keptFor,
    long keptBytes,
    long cacheBytes,
    Duration clientsKept,
    List<String> suffixes,
    List<String> uncoalesced) {

  public ToolSettings {
    suffixes = List.copyOf(suffixes);
    uncoalesced = List.copyOf(uncoalesced);
  }
}
