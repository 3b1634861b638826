package dev.holdfast.server.config;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.channel.ChannelSettings;
import dev.holdfast.kinds.channel.Namespace;
import dev.holdfast.kinds.channel.Namespace.Access;
import dev.holdfast.server.auth.AuthSettings.ApiKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the keys that hold a table. Any thread. */
final class Tables {

  private Tables() {}

  static ChannelSettings channels(Values values, List<String> problems) {
    Retention retention =
        new Retention(
            values.whole(Key.CHANNELS_EVENTS),
            values.size(Key.CHANNELS_BYTES),
            values.duration(Key.CHANNELS_AGE));
    List<Namespace> namespaces = new ArrayList<>();
    each(
        Key.CHANNELS_NAMESPACES,
        values,
        problems,
        row -> namespaces.add(namespace(row, retention)));
    if (namespaces.stream().noneMatch(namespace -> namespace.pattern().equals("*"))) {
      namespaces.add(new Namespace("*", retention, true, Access.CLAIM, Access.CLAIM));
    }
    return new ChannelSettings(
        namespaces, values.whole(Key.CHANNELS_MAX), values.duration(Key.CHANNELS_LINGER));
  }

  private static Namespace namespace(Map<String, Object> row, Retention retention) {
    int events =
        row.containsKey("events") ? Integer.parseInt(cell(row, "events")) : retention.events();
    long bytes = row.containsKey("bytes") ? Form.sizeOf(cell(row, "bytes")) : retention.bytes();
    Duration age = row.containsKey("age") ? Form.durationOf(cell(row, "age")) : retention.age();
    String presence = row.containsKey("presence") ? cell(row, "presence") : "true";
    if (!presence.equals("true") && !presence.equals("false")) {
      throw new IllegalArgumentException("presence is neither true nor false");
    }
    return new Namespace(
        cell(row, "pattern"),
        new Retention(events, bytes, age),
        presence.equals("true"),
        access(row, "subscribe"),
        access(row, "publish"));
  }

  private static Access access(Map<String, Object> row, String name) {
    if (!row.containsKey(name)) {
      return Access.CLAIM;
    }
    try {
      return Access.valueOf(cell(row, name).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is none of everyone, claim, admin", e);
    }
  }

  static List<ApiKey> apiKeys(Values values, List<String> problems) {
    List<ApiKey> keys = new ArrayList<>();
    each(Key.AUTH_API_KEYS, values, problems, row -> keys.add(apiKey(row)));
    return keys;
  }

  private static ApiKey apiKey(Map<String, Object> row) {
    String name = cell(row, "name");
    if (!FeedId.validName(name)) {
      throw new IllegalArgumentException("name has white space, or is too long");
    }
    String hash = cell(row, "sha256").toLowerCase(Locale.ROOT);
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256 is not 64 hex digits");
    }
    return new ApiKey(
        name, hash, Set.copyOf(texts(row, "roles")), texts(row, "channels"), texts(row, "publish"));
  }

  private static List<String> texts(Map<String, Object> row, String name) {
    return row.containsKey(name) ? Form.texts(cellOf(row, name)) : List.of();
  }

  /** Reads one row, or throws an {@link IllegalArgumentException} that says what is wrong. */
  interface Row {
    void read(Map<String, Object> row);
  }

  static void each(Key key, Values values, List<String> problems, Row reader) {
    List<Map<String, Object>> rows = values.table(key);
    for (int i = 0; i < rows.size(); i++) {
      try {
        reader.read(rows.get(i));
      } catch (NumberFormatException e) {
        problems.add(key.text() + "[" + i + "] (" + values.origin(key) + "): not a number");
      } catch (IllegalArgumentException e) {
        problems.add(key.text() + "[" + i + "] (" + values.origin(key) + "): " + e.getMessage());
      }
    }
  }

  private static String cell(Map<String, Object> row, String name) {
    return Form.scalar(cellOf(row, name));
  }

  private static Object cellOf(Map<String, Object> row, String name) {
    Object cell = row.get(name);
    if (cell == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return cell;
  }
}
