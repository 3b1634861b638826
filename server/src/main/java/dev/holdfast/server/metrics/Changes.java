package dev.holdfast.server.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has changed of sections that are told again and again, and now and then all of them, so that
 * whoever begins to read in the middle soon knows all. One thread.
 */
final class Changes {

  /** Of so many tellings one has all. */
  static final int ALL_OF = 30;

  private Map<String, String> told = Map.of();
  private int tellings;

  /** What is to be told of the sections as they are now. */
  Map<String, String> of(Map<String, String> now) {
    Map<String, String> changed = new LinkedHashMap<>(now);
    if (tellings++ % ALL_OF != 0) {
      changed.entrySet().removeIf(one -> one.getValue().equals(told.get(one.getKey())));
    }
    told = now;
    return changed;
  }
}
