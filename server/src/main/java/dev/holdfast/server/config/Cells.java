package dev.holdfast.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row's cells, each as it has to be. */
record Cells(Map<String, Object> row) {

  boolean has(String name) {
    return row.containsKey(name);
  }

  @Nullable Object cellOrNull(String name) {
    return row.get(name);
  }

  Object cell(String name) {
    Object cell = row.get(name);
    if (cell == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return cell;
  }

  String text(String name) {
    Object cell = cell(name);
    try {
      return Form.scalar(cell);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
    }
  }

  String text(String name, String otherwise) {
    return row.containsKey(name) ? text(name) : otherwise;
  }

  @Nullable String textOrNull(String name) {
    return row.containsKey(name) ? text(name) : null;
  }

  List<String> texts(String name) {
    return row.containsKey(name) ? Form.texts(cell(name)) : List.of();
  }

  Duration duration(String name, Duration otherwise) {
    if (!row.containsKey(name)) {
      return otherwise;
    }
    try {
      return Form.durationOf(text(name));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is not a duration", e);
    }
  }

  int whole(String name, int otherwise, int least) {
    if (!row.containsKey(name)) {
      return otherwise;
    }
    int number = Integer.parseInt(text(name));
    if (number < least) {
      throw new IllegalArgumentException(name + " is less than " + least);
    }
    return number;
  }

  boolean flag(String name) {
    String text = text(name, "false");
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(name + " is neither true nor false");
    }
    return text.equals("true");
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    if (!row.containsKey(name)) {
      return otherwise;
    }
    try {
      return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      List<String> all = new ArrayList<>();
      for (E one : type.getEnumConstants()) {
        all.add(one.name().toLowerCase(Locale.ROOT));
      }
      throw new IllegalArgumentException(name + " is none of " + String.join(", ", all), e);
    }
  }
}
