package dev.holdfast.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What a value looks like: how it is read, and what to tell whoever wrote another one. Immutable;
 * any thread.
 *
 * @param name of the type
 * @param range what is expected, for people
 * @param hidden whether values are secrets that are never shown
 * @param read turns what stands in the file or in a text into the value; throws {@link
 *     IllegalArgumentException} for what is not expected
 */
public record Form(String name, String range, boolean hidden, Function<Object, Object> read) {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Pattern RANGE =
      Pattern.compile(
          "\\d{1,3}(\\.\\d{1,3}){3}/([12]?\\d|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/(\\d{1,2}|1[01]\\d|12[0-8])");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

  static Form anyText() {
    return new Form("text", "any text", false, Form::scalar);
  }

  static Form secret() {
    return new Form("secret", "any text", true, Form::scalar);
  }

  static Form file() {
    return new Form("file", "a path", false, raw -> Path.of(scalar(raw)).toString());
  }

  static Form flag() {
    return new Form(
        "flag",
        "true or false",
        false,
        raw ->
            switch (scalar(raw)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("neither true nor false");
            });
  }

  static Form whole(int least, int most) {
    return new Form(
        "whole number",
        least + " to " + most,
        false,
        raw -> (int) within(Long.parseLong(scalar(raw)), least, most));
  }

  static Form size(String least, String most) {
    long from = sizeOf(least);
    long to = sizeOf(most);
    return new Form(
        "size",
        least + " to " + most + ", as in 512B, 64KiB, 8MiB, 1GiB",
        false,
        raw -> within(sizeOf(scalar(raw)), from, to));
  }

  static Form duration(String least, String most) {
    long from = durationOf(least).toMillis();
    long to = durationOf(most).toMillis();
    return new Form(
        "duration",
        least + " to " + most + ", as in 500ms, 10s, 2m, 1h, 1d",
        false,
        raw -> Duration.ofMillis(within(durationOf(scalar(raw)).toMillis(), from, to)));
  }

  static Form choice(String... choices) {
    List<String> all = List.of(choices);
    return new Form(
        "choice",
        String.join(", ", all),
        false,
        raw -> {
          String text = scalar(raw).toLowerCase(Locale.ROOT);
          if (!all.contains(text)) {
            throw new IllegalArgumentException("none of these");
          }
          return text;
        });
  }

  static Form list() {
    return new Form("list", "texts, in one text separated by commas", false, Form::texts);
  }

  static Form ranges() {
    return new Form(
        "list",
        "address ranges such as 10.0.0.0/8, in one text separated by commas",
        false,
        raw -> {
          List<String> all = texts(raw);
          if (!all.stream().allMatch(range -> RANGE.matcher(range).matches())) {
            throw new IllegalArgumentException("not address/bits");
          }
          return all;
        });
  }

  static Form table(String... columns) {
    return new Form(
        "table",
        "a list of maps with " + String.join(", ", columns) + "; in one text: as YAML",
        false,
        raw -> rows(raw, List.of(columns)));
  }

  /** The same, but never shown. */
  Form masked() {
    return new Form(name, range, true, read);
  }

  /**
   * Reads a duration such as {@code 500ms}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Duration durationOf(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** Reads a size in bytes such as {@code 64KiB}. */
  static long sizeOf(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "KiB" -> Math.multiplyExact(number, 1L << 10);
      case "MiB" -> Math.multiplyExact(number, 1L << 20);
      case "GiB" -> Math.multiplyExact(number, 1L << 30);
      case null, default -> number;
    };
  }

  static List<String> texts(Object raw) {
    List<String> texts = new ArrayList<>();
    if (raw instanceof List<?> list) {
      list.forEach(item -> texts.add(scalar(item)));
    } else {
      for (String part : scalar(raw).split(",", -1)) {
        if (!part.isBlank()) {
          texts.add(part.strip());
        }
      }
    }
    return List.copyOf(texts);
  }

  private static List<Map<String, Object>> rows(Object raw, List<String> columns) {
    Object value = raw instanceof String text ? yaml(text) : raw;
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException("not a list");
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("holds something else than maps");
      }
      Map<String, Object> row = new LinkedHashMap<>();
      map.forEach((column, cell) -> {
        if (!columns.contains(String.valueOf(column))) {
          throw new IllegalArgumentException("there is no '" + column + "' in it");
        }
        if (cell != null) {
          row.put(String.valueOf(column), cell);
        }
      });
      rows.add(row);
    }
    return List.copyOf(rows);
  }

  private static Object yaml(String text) {
    try {
      Object value = new Load(LoadSettings.builder().build()).loadFromString(text);
      return value == null ? List.of() : value;
    } catch (YamlEngineException _) {
      throw new IllegalArgumentException("not YAML");
    }
  }

  static String scalar(Object raw) {
    return switch (raw) {
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> throw new IllegalArgumentException("not one value");
    };
  }

  private static long within(long number, long least, long most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException("out of range");
    }
    return number;
  }
}
