package dev.holdfast.kinds.tool;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a program or a worker says of its call, in JSON. Immutable; any thread. */
sealed interface Said {

  /**
   * {@code {progress, total?, message?}}.
   *
   * @param steps 0 where nobody knows
   */
  record Progress(double step, double steps, String message) implements Said {}

  /** {@code {chunk}}. */
  record Chunk(String text) implements Said {}

  /**
   * {@code {result}}, a text or any JSON, or {@code {outputs}}.
   *
   * @param outputs a JSON array
   */
  record Result(String outputs) implements Said {}

  /** {@code {error}}, a text or an object with a {@code message}. */
  record Failed(String message) implements Said {}

  /** What an object says; null where that is none of these. */
  static @Nullable Said of(JsonNode object) {
    if (object.has("progress")) {
      return new Progress(
          object.path("progress").asDouble(0),
          object.path("total").asDouble(0),
          object.path("message").asString(""));
    }
    if (object.has("chunk")) {
      return new Chunk(object.path("chunk").asString(""));
    }
    if (object.has("error")) {
      JsonNode error = object.path("error");
      JsonNode message = error.isObject() ? error.path("message") : error;
      return new Failed(message.isString() ? message.stringValue() : error.toString());
    }
    if (object.path("outputs").isArray()) {
      return new Result(object.path("outputs").toString());
    }
    if (object.has("result")) {
      JsonNode result = object.path("result");
      return new Result(Outputs.text(result.isString() ? result.stringValue() : result.toString()));
    }
    return null;
  }

  /** What an object says, or a list of them; null where any says nothing. */
  static @Nullable List<Said> list(String json) {
    try {
      JsonNode all = Arguments.JSON.readTree(json);
      List<Said> list = new ArrayList<>();
      for (JsonNode one : all.isArray() ? all : List.of(all)) {
        Said said = of(one);
        if (said == null) {
          return null;
        }
        list.add(said);
      }
      return list;
    } catch (JacksonException e) {
      return null;
    }
  }
}
