package dev.holdfast.server.http;

import dev.holdfast.server.terminal.Program;
import dev.holdfast.transport.HttpRequest;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.Inbound;
import dev.holdfast.wire.TypeDialect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON object in a request, field by field. One request, one thread. */
final class Body {

  /** Of the year 9999. */
  private static final long LAST_SECOND = 253_402_300_799L;

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
    isJson(request);
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

  /**
   * A body that is a command as a connection gives it, but for the type, which it need not name:
   * checked in the same way, and values of any JSON are passed on as they came.
   *
   * @throws Refusal with 415 or 400
   */
  static <C extends ClientFrame> C command(HttpRequest request, String type, Class<C> kind) {
    isJson(request);
    if (!isUtf8(request.body())) {
      throw new Refusal(400, "bad_json", "the body is not UTF-8");
    }
    return switch (TypeDialect.decode(request.body(), type)) {
      case Inbound.Malformed(_, ErrorCode code, String message) ->
          throw new Refusal(400, code.text(), message);
      case ClientFrame frame when kind.isInstance(frame) -> kind.cast(frame);
      case ClientFrame _ -> throw Refusal.badRequest("type: is always " + type + " here");
    };
  }

  private static void isJson(HttpRequest request) {
    String type = request.headers().getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.startsWith("application/json;")) {
      throw new Refusal(415, "bad_request", "content-type: must be application/json");
    }
  }

  private static boolean isUtf8(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
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
    return unicode(name, value.stringValue());
  }

  private static String unicode(String name, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw Refusal.badRequest(name + ": must not hold half a surrogate pair");
    }
    return text;
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
      if (value.stringValue().indexOf('\0') >= 0) {
        throw Refusal.badRequest(name + ": must be text without NUL");
      }
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

  /** A time in whole seconds since 1970 UTC, as tokens have it; null where it is not given. */
  @Nullable Instant optionalSecond(String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.canConvertToExactIntegral()
        || value.doubleValue() < 0
        || value.doubleValue() > LAST_SECOND) {
      throw Refusal.badRequest(name + ": must be whole seconds since 1970");
    }
    return Instant.ofEpochSecond(value.longValue());
  }

  boolean flag(String name) {
    JsonNode value = object.get(name);
    if (value != null && !value.isBoolean()) {
      throw Refusal.badRequest(name + ": must be true or false");
    }
    return value != null && value.booleanValue();
  }

  /** Any JSON but {@code null}, which is the same as none, as text; null where it is not given. */
  @Nullable String optionalValue(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : optionalJson(name);
  }

  /** Any JSON, as text; null where it is not given. */
  @Nullable String optionalJson(String name) {
    JsonNode value = object.get(name);
    return value == null ? null : unicode(name, JSON.writeValueAsString(value));
  }

  /** Any JSON, as text. */
  String json(String name) {
    String json = optionalJson(name);
    if (json == null) {
      throw Refusal.badRequest(name + ": missing");
    }
    return json;
  }
}
