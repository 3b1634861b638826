package dev.holdfast.wire;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * JSON text in the making: members whose value is null are left out, and values that are JSON
 * already go in byte by byte. On one thread.
 */
final class JsonOutput {

  private static final JsonFactory JSON =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.threadLocalPool()).build();
  private static final int USUAL_SIZE = 256;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_SIZE);
  private final JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes);

  void begin() {
    json.writeStartObject();
  }

  void begin(String name) {
    json.writeObjectPropertyStart(name);
  }

  void end() {
    json.writeEndObject();
  }

  void text(String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, JsonText.unicode(value));
    }
  }

  void number(String name, @Nullable Long value) {
    if (value != null) {
      json.writeNumberProperty(name, value);
    }
  }

  void number(String name, long value) {
    json.writeNumberProperty(name, value);
  }

  void flag(String name, boolean value) {
    json.writeBooleanProperty(name, value);
  }

  void time(String name, @Nullable Long millis) {
    if (millis != null) {
      json.writeStringProperty(name, Timestamps.text(millis));
    }
  }

  void raw(String name, @Nullable RawJson value) {
    if (value != null) {
      json.writeName(name);
      raw(value);
    }
  }

  /** The members of an object that has at least one, after others. */
  void members(RawJson object) {
    json.writeRaw(',');
    json.flush();
    object.inner().writeTo(bytes);
  }

  /** An empty raw value makes the generator write what goes before a value. */
  void raw(RawJson value) {
    json.writeRawValue("");
    json.flush();
    value.writeTo(bytes);
  }

  <T> void each(String name, List<T> values, Consumer<T> writer) {
    json.writeArrayPropertyStart(name);
    values.forEach(writer);
    json.writeEndArray();
  }

  /** A member of any of the types that {@link ServerFrame.Ack} may hold. */
  void any(String name, @Nullable Object value) {
    if (value != null) {
      json.writeName(JsonText.unicode(name));
      any(value);
    }
  }

  private void any(@Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case String it -> json.writeString(JsonText.unicode(it));
      case Boolean it -> json.writeBoolean(it);
      case Integer it -> json.writeNumber(it);
      case Long it -> json.writeNumber(it);
      case Double it -> json.writeNumber(it);
      case BigInteger it -> json.writeNumber(it);
      case BigDecimal it -> json.writeNumber(it);
      case RawJson it -> raw(it);
      case Collection<?> it -> {
        json.writeStartArray();
        it.forEach(this::any);
        json.writeEndArray();
      }
      case Map<?, ?> it -> {
        json.writeStartObject();
        it.forEach((name, member) -> any(String.valueOf(name), member));
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not for JSON: " + value.getClass());
    }
  }

  /** The text, once every object is ended. */
  byte[] bytes() {
    json.close();
    return bytes.toByteArray();
  }
}
