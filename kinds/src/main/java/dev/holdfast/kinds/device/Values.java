package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a device said last of each thing, within bounds: the oldest goes where there is too much.
 * Guarded by its device.
 */
final class Values {

  private static final int MOST = 64;

  /** Characters of one, and of all of them. */
  private static final int LENGTH = 8 * 1024;

  private static final int LENGTH_IN_ALL = 64 * 1024;

  private final LinkedHashMap<String, String> values = new LinkedHashMap<>();
  private int length;

  /**
   * Takes the place of what was said of it before.
   *
   * @param data any JSON; null for none
   */
  void keep(String name, @Nullable String data) {
    remove(name);
    if (data != null && data.length() <= LENGTH) {
      values.put(name, data);
      length += data.length();
    }
    while (values.size() > MOST || length > LENGTH_IN_ALL) {
      remove(values.firstEntry().getKey());
    }
  }

  private void remove(String name) {
    String before = values.remove(name);
    length -= before == null ? 0 : before.length();
  }

  /** All of them: one JSON object. */
  String json() {
    return values.entrySet().stream()
        .map(Values::member)
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String member(Map.Entry<String, String> value) {
    return Members.quoted(value.getKey()) + ":" + value.getValue();
  }
}
