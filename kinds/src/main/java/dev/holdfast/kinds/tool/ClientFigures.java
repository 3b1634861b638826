package dev.holdfast.kinds.tool;

/**
 * What is counted of one client's calls, exactly. Immutable; any thread.
 *
 * @param session of the client
 * @param requested calls, those that were refused included
 * @param succeeded calls that ended well
 * @param failed calls that did not, and refusals
 * @param repeated requests that had been made before
 * @param joined calls that were served by the work of another
 * @param cached calls that were served by a kept result
 * @param seconds from call to end, in all
 * @param slowestSeconds the longest of them
 */
public record ClientFigures(
    String session,
    String user,
    long requested,
    long succeeded,
    long failed,
    long repeated,
    long joined,
    long cached,
    double seconds,
    double slowestSeconds) {}
