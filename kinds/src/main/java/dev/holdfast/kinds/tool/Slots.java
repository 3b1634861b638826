package dev.holdfast.kinds.tool;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the calls that run: in all, of each session and of each provider. Any thread. */
final class Slots {

  private final ToolSettings settings;
  private final Map<String, Integer> bySession = new HashMap<>();
  private final Map<String, Integer> byProvider = new HashMap<>();
  private int taken;
  private int queued;
  private boolean closed;

  Slots(ToolSettings settings) {
    this.settings = settings;
  }

  /** Takes one; or says what is full. */
  synchronized @Nullable String enter(String session, ProviderGate gate) {
    String full = full(session, gate);
    if (full == null) {
      taken++;
      bySession.merge(session, 1, Integer::sum);
      byProvider.merge(gate.provider().id(), 1, Integer::sum);
    }
    return full;
  }

  private @Nullable String full(String session, ProviderGate gate) {
    if (closed) {
      return "the gateway is stopping";
    }
    if (taken >= settings.maxCalls()) {
      return "too many calls at once: at most " + settings.maxCalls();
    }
    if (bySession.getOrDefault(session, 0) >= settings.maxPerSession()) {
      return "too many calls of this session at once: at most " + settings.maxPerSession();
    }
    int limit = gate.settings().limit();
    String provider = gate.provider().id();
    if (byProvider.getOrDefault(provider, 0) >= limit) {
      return "too many calls of '" + provider + "' at once: at most " + limit;
    }
    return null;
  }

  /** Whether a call may wait for its turn; it has to {@link #await} then. */
  synchronized boolean queue() {
    if (closed || settings.queueTimeout().isZero() || queued >= settings.maxQueued()) {
      return false;
    }
    queued++;
    return true;
  }

  /** Waits for one and takes it; or says what is full all the time. */
  synchronized @Nullable String await(String session, ProviderGate gate)
      throws InterruptedException {
    long until = System.nanoTime() + settings.queueTimeout().toNanos();
    try {
      while (true) {
        String full = enter(session, gate);
        long left = until - System.nanoTime();
        if (full == null || left <= 0 || closed) {
          return full;
        }
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    } finally {
      queued--;
    }
  }

  /** Gives one back. */
  synchronized void leave(String session, ProviderGate gate) {
    taken--;
    bySession.computeIfPresent(session, (name, its) -> its == 1 ? null : its - 1);
    byProvider.computeIfPresent(gate.provider().id(), (name, its) -> its == 1 ? null : its - 1);
    if (queued > 0) {
      notifyAll();
    }
  }

  synchronized int taken() {
    return taken;
  }

  synchronized int queued() {
    return queued;
  }

  synchronized int taken(String provider) {
    return byProvider.getOrDefault(provider, 0);
  }

  /** Nobody gets one any more. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
