package dev.holdfast.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The value of each key and where it comes from: the defaults, then the file, then the environment,
 * then the command line, the later ones winning. Built on one thread; any thread afterwards.
 */
public final class Values {

  private static final String PREFIX = "HOLDFAST_";

  private static final String MASK = "******";

  /** Variables with that prefix that are the launcher's and the clients'. */
  private static final List<String> OTHERS =
      List.of("HOLDFAST_JAVA_HOME", "HOLDFAST_JAVA_OPTS", "HOLDFAST_URL", "HOLDFAST_TOKEN");

  /**
   * A value.
   *
   * @param raw as it was written
   * @param value as it was understood
   */
  public record Value(Object raw, Object value, String origin) {}

  private final Map<Key, Value> values = new EnumMap<>(Key.class);
  private final Set<Key> wrong = EnumSet.noneOf(Key.class);
  private final List<String> problems = new ArrayList<>();

  private Values() {}

  /**
   * Reads all of them. What is wrong is kept among the {@link #problems}, and its key keeps the
   * value it had before.
   */
  public static Values read(Options commandLine, Map<String, String> environment) {
    Values values = new Values();
    for (Key key : Key.values()) {
      if (key.byDefault() != null) {
        values.put(key, key.byDefault(), "default");
      }
    }
    if (commandLine.file() != null) {
      values.file(commandLine.file());
    }
    values.environment(new TreeMap<>(environment));
    new TreeMap<>(commandLine.values())
        .forEach((name, text) -> values.put(name, text, "command line"));
    values.derive(Key.TIMEOUTS_GATEWAY, 3);
    values.derive(Key.TIMEOUTS_PROXY, 4);
    values.derive(Key.TIMEOUTS_CLIENT, 5);
    return values;
  }

  /** A timeout that nobody gives is a multiple of the tool's, rounded up to a millisecond. */
  private void derive(Key key, int halves) {
    if (!has(key)) {
      long millis = Math.ceilDiv(duration(Key.TIMEOUTS_TOOL).toMillis() * halves, 2);
      put(key, millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms", "timeouts.tool");
    }
  }

  private void file(Path file) {
    try {
      LoadSettings settings =
          LoadSettings.builder().setLabel(file.toString()).setAllowDuplicateKeys(false).build();
      Object root = new Load(settings).loadFromString(Files.readString(file));
      if (root instanceof Map<?, ?> map) {
        flatten("", map, file.toString());
      } else if (root != null) {
        problems.add(file + ": expected a map of keys");
      }
    } catch (IOException e) {
      problems.add(file + ": can't be read (" + e.getClass().getSimpleName() + ")");
    } catch (MarkedYamlEngineException e) {
      // Without the excerpt that its message has: a secret may stand there.
      String line = e.getProblemMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
      problems.add(file + line + ": " + e.getProblem());
    } catch (YamlEngineException _) {
      problems.add(file + ": not YAML");
    }
  }

  private void flatten(String prefix, Map<?, ?> map, String origin) {
    map.forEach((name, value) -> {
      String key = prefix + name;
      if (value instanceof Map<?, ?> inner && Key.of(key).isEmpty()) {
        flatten(key + ".", inner, origin);
      } else if (value != null || Key.of(key).isEmpty()) {
        put(key, value == null ? "" : value, origin);
      }
    });
  }

  private void environment(Map<String, String> environment) {
    environment.forEach((variable, text) -> {
      if (!variable.startsWith(PREFIX) || OTHERS.contains(variable)) {
        return;
      }
      for (Key key : Key.values()) {
        if (key.variable().equals(variable)) {
          put(key, text, "environment " + variable);
          return;
        }
      }
      String name = variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
      problems.add(
          "environment "
              + variable
              + ": there is no such key"
              + Key.near(name.replaceFirst("_", "."))
                  .flatMap(Key::of)
                  .map(near -> "; did you mean " + near.variable() + "?")
                  .orElse(""));
    });
  }

  private void put(String name, Object raw, String origin) {
    Optional<Key> key = Key.of(name);
    if (key.isPresent()) {
      put(key.get(), raw, origin);
    } else {
      problems.add(
          name
              + ": there is no such key ("
              + origin
              + ")"
              + Key.near(name).map(near -> "; did you mean " + near + "?").orElse(""));
    }
  }

  private void put(Key key, Object raw, String origin) {
    try {
      values.put(key, new Value(raw, key.form().read().apply(raw), origin));
    } catch (IllegalArgumentException | ArithmeticException e) {
      wrong.add(key);
      String why = e instanceof NumberFormatException ? "not a number" : e.getMessage();
      problems.add(
          "%s: %s (%s): %s; expected %s"
              .formatted(key.text(), shown(key, raw), origin, why, key.form().range()));
    }
  }

  /** A value as it may be shown to anybody who may see the configuration. */
  private static String shown(Key key, Object raw) {
    if (key.form().hidden()) {
      return String.valueOf(raw).equals("[]") ? "[]" : MASK;
    }
    return raw instanceof List<?> list ? list.toString() : "'" + raw + "'";
  }

  /** All that is wrong, a line each. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Whether all of these were understood, so that they can be compared. */
  boolean right(Key... keys) {
    return Stream.of(keys).noneMatch(wrong::contains);
  }

  /** Where the value of a key comes from; {@code not set} where it has none. */
  public String origin(Key key) {
    Value value = values.get(key);
    return value == null ? "not set" : value.origin();
  }

  /** A value as it was written, secrets masked; null where there is none. */
  public @Nullable Object shown(Key key) {
    Value value = values.get(key);
    return value == null
        ? null
        : key.form().hidden() && !value.raw().equals("[]") ? MASK : value.raw();
  }

  /** A value as it was written, secrets masked; empty where there is none. */
  String written(Key key) {
    Value value = values.get(key);
    return value == null ? "" : key.form().hidden() ? MASK : String.valueOf(value.raw());
  }

  public Map<Key, Value> all() {
    return Map.copyOf(values);
  }

  public boolean has(Key key) {
    return values.containsKey(key);
  }

  public @Nullable String textOrNull(Key key) {
    Value value = values.get(key);
    return value == null ? null : (String) value.value();
  }

  public @Nullable Path pathOrNull(Key key) {
    String text = textOrNull(key);
    return text == null ? null : Path.of(text);
  }

  public String text(Key key) {
    return (String) value(key);
  }

  public int whole(Key key) {
    return (Integer) value(key);
  }

  /** A size in bytes. */
  public long size(Key key) {
    return (Long) value(key);
  }

  public boolean flag(Key key) {
    return (Boolean) value(key);
  }

  public Duration duration(Key key) {
    return (Duration) value(key);
  }

  @SuppressWarnings("unchecked") // as its form reads it
  public List<String> list(Key key) {
    return (List<String>) value(key);
  }

  @SuppressWarnings("unchecked") // as its form reads it
  public List<Map<String, Object>> table(Key key) {
    return (List<Map<String, Object>>) value(key);
  }

  private Object value(Key key) {
    Value value = values.get(key);
    if (value == null) {
      throw new IllegalStateException(key.text() + " has no default");
    }
    return value.value();
  }
}
