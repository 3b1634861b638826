package dev.holdfast.server.http;

import dev.holdfast.server.terminal.Program;
import dev.holdfast.transport.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON object in a request, field by field. One request, one thread. */
final class Body {

  private static final int DAY_MILLIS = 24 * 60 * 60 * 1000;
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonNode object;

  private Body(JsonNode object) {
    this.object = object;
  }

  /**
   * @throws Refusal with 415 or 400
   */
  static Body of(HttpRequest request) {
    String type = request.headers().getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.startsWith("application/json;")) {
      throw new Refusal(415, "bad_request", "content-type: must be application/json");
    }
    try {
      JsonNode node = JSON.readTree(request.body());
      if (node != null && node.isObject()) {
        return new Body(node);
      }
    } catch (JacksonException e) {
      throw new Refusal(400, "bad_json", "the body is not JSON");
    }
    throw new Refusal(400, "bad_json", "the body is not a JSON object");
  }

  String text(String name) {
    String text = optionalText(name);
    if (text == null || text.isEmpty()) {
      throw Refusal.badRequest(name + ": missing");
    }
    return text;
  }

  @Nullable String optionalText(String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw Refusal.badRequest(name + ": must be a string");
    }
    return value.stringValue();
  }

  /**
   * A program and its arguments: a list of texts, or one text for the shell; null where it is not
   * given.
   */
  @Nullable List<String> optionalCommand(String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (value.isString() && !value.stringValue().isBlank()) {
      return List.of("/bin/sh", "-c", value.stringValue());
    }
    List<String> words;
    try {
      words = Program.words(value);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(name + ": " + e.getMessage() + ", or a text for the shell");
    }
    if (words.getFirst().isEmpty()) {
      throw Refusal.badRequest(name + ": must name a program");
    }
    return words;
  }

  /** A duration in milliseconds, a day at most; null where it is not given. */
  @Nullable Duration optionalMillis(String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isInt() || value.intValue() < 1 || value.intValue() > DAY_MILLIS) {
      throw Refusal.badRequest(name + ": must be a whole number from 1 to " + DAY_MILLIS);
    }
    return Duration.ofMillis(value.intValue());
  }

  boolean flag(String name) {
    JsonNode value = object.get(name);
    if (value != null && !value.isBoolean()) {
      throw Refusal.badRequest(name + ": must be true or false");
    }
    return value != null && value.booleanValue();
  }

  /** Any JSON, as text; null where it is not given. */
  @Nullable String optionalJson(String name) {
    JsonNode value = object.get(name);
    return value == null ? null : JSON.writeValueAsString(value);
  }

  /** Any JSON, as text. */
  byte[] json(String name) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw Refusal.badRequest(name + ": missing");
    }
    return JSON.writeValueAsBytes(value);
  }
}
