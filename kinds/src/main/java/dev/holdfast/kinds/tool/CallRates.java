package dev.holdfast.kinds.tool;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.kinds.common.Bucket;
import java.time.Duration;

/** How many calls come in how short a time: of all, of each user, from each address. Any thread. */
final class CallRates {

  private static final int MOST_BUCKETS = 100_000;

  private final ToolSettings settings;
  private final Bucket all;
  private final Cache<String, Bucket> each =
      Caffeine.newBuilder()
          .maximumSize(MOST_BUCKETS)
          .expireAfterAccess(Duration.ofMinutes(5))
          .build();

  CallRates(ToolSettings settings) {
    this.settings = settings;
    this.all = new Bucket(settings.perSecond());
  }

  /**
   * Counts a call.
   *
   * @throws ToolException where there were too many
   */
  void take(ToolRequest request) throws ToolException {
    long now = System.nanoTime();
    long wait = all.take(now);
    if (wait == 0 && settings.perSecondPerUser() > 0) {
      wait = bucket("user " + request.user(), settings.perSecondPerUser()).take(now);
    }
    if (wait == 0 && settings.perSecondPerIp() > 0 && request.ip() != null) {
      wait = bucket("ip " + request.ip(), settings.perSecondPerIp()).take(now);
    }
    if (wait > 0) {
      throw new ToolException(
          ToolError.OVER_CAPACITY, "too many calls in too short a time", null, wait, false);
    }
  }

  private Bucket bucket(String whose, int perSecond) {
    return each.get(whose, name -> new Bucket(perSecond));
  }
}
