package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a device says of itself. Immutable; any thread.
 *
 * @param texts of {@code name}, {@code type}, {@code platform}, {@code version} and {@code
 *     architecture}, those that were given, in this order
 * @param capabilities the commands that it obeys
 */
public record DeviceInfo(Map<String, String> texts, Set<String> capabilities) {

  /** Characters of each text, at most. */
  static final int TEXT_LENGTH = 200;

  /** Capabilities, at most. */
  static final int MOST_CAPABILITIES = 64;

  /** What an id has to be. */
  static final String ID_RULE =
      "device_id: must be 1 to 64 letters, digits, or . _ - and begin with a letter or digit";

  private static final JsonMapper JSON = new JsonMapper();
  private static final String[] TEXTS = {"name", "type", "platform", "version", "architecture"};
  private static final Pattern DEVICE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.:-]{0,63}");

  /** Whether a text may name a device: 1 to 64 letters, digits, {@code . _ -}. */
  public static boolean validId(String id) {
    return DEVICE_ID.matcher(id).matches();
  }

  /** Whether a text may name a command, a capability or an event of a device. */
  public static boolean validName(String name) {
    return NAME.matcher(name).matches();
  }

  /** What a device said, or what is wrong with it. */
  sealed interface Reading {
    record Read(DeviceInfo info) implements Reading {}

    record Wrong(String why) implements Reading {}
  }

  /** Reads one JSON value. */
  static Reading read(String json) {
    JsonNode node = JSON.readTree(json);
    if (!node.isObject()) {
      return wrong("", "must be an object");
    }
    Map<String, String> texts = new java.util.LinkedHashMap<>();
    for (String name : TEXTS) {
      JsonNode value = node.get(name);
      if (value != null && !value.isNull()) {
        if (!value.isString() || value.stringValue().length() > TEXT_LENGTH) {
          return wrong("." + name, "must be a text of at most " + TEXT_LENGTH + " characters");
        }
        texts.put(name, value.stringValue());
      }
    }
    Set<String> capabilities = new LinkedHashSet<>();
    JsonNode list = node.get("capabilities");
    String bad = list == null || list.isNull() ? null : capabilities(list, capabilities);
    return bad == null
        ? new Reading.Read(
            new DeviceInfo(
                java.util.Collections.unmodifiableMap(texts),
                java.util.Collections.unmodifiableSet(capabilities)))
        : wrong(".capabilities", bad);
  }

  private static @Nullable String capabilities(JsonNode list, Set<String> into) {
    if (!list.isArray() || list.size() > MOST_CAPABILITIES) {
      return "must be a list of at most " + MOST_CAPABILITIES + " names";
    }
    for (JsonNode one : list) {
      if (!one.isString() || !validName(one.stringValue())) {
        return "must be names of 1 to 64 letters, digits, or _ . : - that begin with a letter";
      }
      into.add(one.stringValue());
    }
    return null;
  }

  private static Reading wrong(String where, String why) {
    return new Reading.Wrong("device_info" + where + ": " + why);
  }

  /** As it came, without what is not known: one JSON object. */
  public String json() {
    Members members = new Members();
    texts.forEach(members::text);
    return members
        .raw(
            "capabilities",
            capabilities.stream().map(Members::quoted).collect(Collectors.joining(",", "[", "]")))
        .object();
  }
}
