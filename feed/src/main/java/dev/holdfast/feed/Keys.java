package dev.holdfast.feed;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The producers' keys of one feed, oldest first. Guarded by the feed's lock. */
final class Keys {

  private record Use(long offset, long millis) {}

  private final Map<String, Use> uses = new LinkedHashMap<>();
  private final int most;
  private final long ageMillis;

  Keys(Retention retention) {
    this.most = retention.events();
    this.ageMillis = retention.age().toMillis();
  }

  /** The offset of the event with that key, or null. */
  @Nullable Long offsetOf(String key, long nowMillis) {
    expire(nowMillis);
    Use use = uses.get(key);
    return use == null ? null : use.offset;
  }

  void remember(String key, long offset, long nowMillis) {
    uses.put(key, new Use(offset, nowMillis));
    if (uses.size() > most) {
      Iterator<Use> eldest = uses.values().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  void expire(long nowMillis) {
    Iterator<Use> eldest = uses.values().iterator();
    while (eldest.hasNext() && nowMillis - eldest.next().millis >= ageMillis) {
      eldest.remove();
    }
  }
}
