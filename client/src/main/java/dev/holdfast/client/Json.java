package dev.holdfast.client;

import dev.holdfast.wire.RawJson;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as plain objects: String, Boolean, Integer, Long, BigInteger, BigDecimal, List, Map and
 * null; written are also Double, Float and {@link RawJson}. Any thread.
 */
final class Json {

  private static final JsonFactory JSON = new JsonFactory();

  private Json() {}

  /**
   * Reads an object.
   *
   * @throws RuntimeException where the text is not one JSON object
   */
  static Map<String, @Nullable Object> object(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("not a JSON object: " + text);
      }
      return members(parser);
    }
  }

  /** Whether a text is one JSON value and nothing else. */
  static boolean isOne(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** What a frame says, to which more may be added. */
  static Map<String, @Nullable Object> fields(String name, @Nullable Object value) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(name, value);
    return fields;
  }

  static Map<String, @Nullable Object> fields(
      String name, @Nullable Object value, String other, @Nullable Object otherValue) {
    Map<String, @Nullable Object> fields = fields(name, value);
    fields.put(other, otherValue);
    return fields;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static Map<String, @Nullable Object> members(JsonParser parser) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    String name;
    while ((name = parser.nextName()) != null) {
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  /**
   * Writes a value.
   *
   * @throws IllegalArgumentException for an object of another class than those named above
   */
  static String text(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      write(json, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case String it -> json.writeString(it);
      case Boolean it -> json.writeBoolean(it);
      case Integer it -> json.writeNumber(it);
      case Long it -> json.writeNumber(it);
      case Double it -> json.writeNumber(it);
      case Float it -> json.writeNumber(it);
      case BigInteger it -> json.writeNumber(it);
      case BigDecimal it -> json.writeNumber(it);
      case RawJson it -> json.writeRawValue(it.toString());
      case Collection<?> it -> {
        json.writeStartArray();
        it.forEach(element -> write(json, element));
        json.writeEndArray();
      }
      case Map<?, ?> it -> {
        json.writeStartObject();
        it.forEach((name, member) -> {
          json.writeName(String.valueOf(name));
          write(json, member);
        });
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not for JSON: " + value.getClass());
    }
  }
}
