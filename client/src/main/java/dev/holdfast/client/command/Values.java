package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.wire.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Values that a command line gives one by one, or all as JSON. */
final class Values {

  private Values() {}

  /**
   * What was given; null for nothing.
   *
   * @param option that gives one; with an s it gives all
   * @param each JSON, or else a text as it stands, by name
   * @param all JSON
   * @throws ParameterException where both are given, or what is no JSON
   */
  static @Nullable Object of(
      CommandSpec line, String option, Map<String, String> each, @Nullable String all) {
    if (all == null) {
      Map<String, Object> values = new LinkedHashMap<>();
      each.forEach(
          (key, value) -> values.put(key, Client.isJson(value) ? RawJson.of(value) : value));
      return values.isEmpty() ? null : values;
    }
    if (!each.isEmpty()) {
      throw new ParameterException(
          line.commandLine(), "give " + option + " or " + option + "s, not both");
    }
    if (!Client.isJson(all)) {
      throw new ParameterException(line.commandLine(), option + "s: not JSON: " + all);
    }
    return RawJson.of(all);
  }
}
