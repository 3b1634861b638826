package dev.holdfast.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What programs get of the gateway's environment, which holds secrets. Stateless; any thread. */
public final class Environment {

  /** Variables that every program gets: without them few start. */
  private static final List<String> COMMON =
      List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR");

  private Environment() {}

  /**
   * An environment for a program.
   *
   * @param wanted names of variables to pass on, or {@code NAME=value}
   * @param from the gateway's own
   */
  public static Map<String, String> passed(List<String> wanted, Map<String, String> from) {
    Map<String, String> passed = new HashMap<>();
    COMMON.forEach(name -> pass(name, from, passed));
    for (String entry : wanted) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        passed.put(entry.substring(0, equals), entry.substring(equals + 1));
      } else {
        pass(entry, from, passed);
      }
    }
    return passed;
  }

  private static void pass(String name, Map<String, String> from, Map<String, String> to) {
    String value = from.get(name);
    if (value != null) {
      to.put(name, value);
    }
  }
}
