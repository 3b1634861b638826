package dev.holdfast.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the client of a connection is alive, and what it is known to have received.
 *
 * <p>A pong tells both: whatever was sent before its ping has arrived. So a ping follows events
 * soon after they were sent, besides the regular one; one ping is under way at a time. A pong is
 * waited for as long as the settings say, and longer where bytes were sent before it, by the time
 * that the slowest reader served needs for them. On the connection's loop.
 */
final class Vitals {

  enum Sign {
    WELL,
    PING,
    SILENT,
    IDLE,
    EXPIRING,
    EXPIRED
  }

  /** The slowest reader that is not taken for dead, in bytes a second. */
  private static final long SLOWEST = 512;

  private static final long LONGEST_WAIT = Duration.ofMinutes(5).toNanos();

  /** Between two pings that ask what has arrived. */
  private static final long ASK_AGAIN = Duration.ofMillis(50).toNanos();

  private final Gateway gateway;
  private final long born;
  private final long idleNanos;
  private long nextPing;
  private long pingAt;
  private long pingToken;
  private long answered;
  private long traffic;
  private long patience;
  private long unansweredBytes;
  private long expires = Long.MAX_VALUE;
  private boolean warned;
  private List<Attachment> unpinged = new ArrayList<>(2);
  private List<Attachment> pinged = new ArrayList<>(2);

  Vitals(Gateway gateway, @Nullable Duration idle) {
    this.gateway = gateway;
    this.born = gateway.now();
    this.traffic = born;
    this.idleNanos =
        idle == null ? 0 : shorter(idle, gateway.settings().maxIdleTimeout()).toNanos();
    long interval = gateway.settings().heartbeatInterval().toNanos();
    this.nextPing = born + Math.floorMod(gateway.random(), Math.max(1, interval));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  long age(long now) {
    return now - born;
  }

  void heard() {
    if (idleNanos > 0) {
      traffic = gateway.now();
    }
  }

  void sent(Attachment by, int bytes) {
    unansweredBytes += bytes;
    if (!by.unpinged) {
      by.unpinged = true;
      unpinged.add(by);
    }
    heard();
  }

  void expiresAt(@Nullable Instant at) {
    long now = at == null ? Long.MAX_VALUE : at.toEpochMilli();
    // Told once for each end: a refresh that was refused changes nothing.
    warned &= now == expires;
    expires = now;
  }

  long expiresInMillis(long millis) {
    return Math.max(0, expires - millis);
  }

  /** Whether to ask now what has arrived of the events sent. */
  boolean mayAsk(Loop loop) {
    return !unpinged.isEmpty()
        && answered == pingToken
        && gateway.now() - pingAt >= ASK_AGAIN
        && loop.confirm();
  }

  /** The token of a ping that goes out now. */
  long ping() {
    long now = gateway.now();
    pingAt = now;
    nextPing = now + gateway.settings().heartbeatInterval().toNanos();
    patience =
        Math.min(
            LONGEST_WAIT,
            gateway.settings().pongTimeout().toNanos()
                + Duration.ofSeconds(unansweredBytes / SLOWEST).toNanos());
    unansweredBytes = 0;
    for (int i = 0; i < unpinged.size(); i++) {
      unpinged.get(i).ping();
    }
    List<Attachment> both = pinged;
    pinged = unpinged;
    unpinged = both;
    return ++pingToken;
  }

  /** Whether that is the pong that was waited for. */
  boolean pong(long token) {
    if (token != pingToken || answered == pingToken) {
      return false;
    }
    answered = token;
    for (int i = 0; i < pinged.size(); i++) {
      pinged.get(i).pong();
    }
    pinged.clear();
    return true;
  }

  Sign check(long now, long millis, boolean admitted) {
    if (admitted && millis >= expires) {
      return Sign.EXPIRED;
    }
    if (idleNanos > 0 && now - traffic >= idleNanos) {
      return Sign.IDLE;
    }
    if (answered != pingToken) {
      return now - pingAt >= patience ? Sign.SILENT : warnOrWell(millis, admitted);
    }
    return now - nextPing >= 0 ? Sign.PING : warnOrWell(millis, admitted);
  }

  private Sign warnOrWell(long millis, boolean admitted) {
    if (admitted
        && !warned
        && expires != Long.MAX_VALUE
        && expires - millis <= gateway.settings().tokenWarning().toMillis()) {
      warned = true;
      return Sign.EXPIRING;
    }
    return Sign.WELL;
  }
}
