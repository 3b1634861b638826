package dev.holdfast.session;

import java.util.Collection;

/**
 * All sessions at one moment. Immutable; any thread.
 *
 * @param total sessions, those that wait for their client included
 * @param active those whose client is connected
 * @param begun since the gateway's start
 * @param expired of those, how many were forgotten because their client stayed away
 * @param oldestMillis how long ago the oldest began; 0 where there is none, as in what follows
 * @param newestMillis how long ago the newest did
 * @param averageMillis how long ago they did on average
 */
public record SessionTotals(
    int total,
    int active,
    long begun,
    long expired,
    long oldestMillis,
    long newestMillis,
    long averageMillis) {

  static SessionTotals of(Collection<Session> sessions, long begun, long expired, long nowMillis) {
    int total = 0;
    int active = 0;
    long oldest = 0;
    long newest = Long.MAX_VALUE;
    long sum = 0;
    for (Session session : sessions) {
      long age = Math.max(0, nowMillis - session.createdMillis());
      total++;
      active += session.ip() == null ? 0 : 1;
      oldest = Math.max(oldest, age);
      newest = Math.min(newest, age);
      sum += age;
    }
    return new SessionTotals(
        total,
        active,
        begun,
        expired,
        oldest,
        total == 0 ? 0 : newest,
        total == 0 ? 0 : sum / total);
  }
}
