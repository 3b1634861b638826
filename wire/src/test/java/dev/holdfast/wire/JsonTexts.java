package dev.holdfast.wire;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON texts at random, and what they say. */
final class JsonTexts {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonTexts() {}

  /** White space, or none. */
  static Arbitrary<String> blanks() {
    return Arbitraries.of(" ", "\t", "\r", "\n")
        .list()
        .ofMaxSize(3)
        .map(parts -> String.join("", parts));
  }

  /** String literals: every script, every kind of escape. */
  static Arbitrary<String> strings() {
    Arbitrary<String> plain =
        Arbitraries.chars()
            .range(' ', '\ud7ff')
            .filter(c -> c != '"' && c != '\\')
            .map(String::valueOf);
    Arbitrary<String> astral =
        Arbitraries.integers().between(0x10000, 0x10ffff).map(Character::toString);
    Arbitrary<String> escaped =
        Arbitraries.of("\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\ud83d\\ude00");
    Arbitrary<String> numbered =
        Arbitraries.integers().between(0, 0xd7ff).map(c -> String.format("\\u%04x", c));
    Arbitrary<String> structural = Arbitraries.of(",", "}", "]", "{", "[", ":", " ", ", ");
    return Arbitraries.oneOf(plain, astral, escaped, numbered, structural)
        .list()
        .ofMaxSize(12)
        .map(parts -> "\"" + String.join("", parts) + "\"");
  }

  static Arbitrary<String> numbers() {
    Arbitrary<String> whole =
        Arbitraries.oneOf(
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.bigIntegers().map(String::valueOf),
            Arbitraries.of("0", "-0", "7"));
    Arbitrary<String> fraction =
        Arbitraries.oneOf(
            Arbitraries.just(""), Arbitraries.strings().numeric().ofLength(5).map(d -> "." + d));
    Arbitrary<String> exponent =
        Arbitraries.oneOf(Arbitraries.just(""), Arbitraries.of("e5", "E+12", "e-7", "E0"));
    return Combinators.combine(whole, fraction, exponent).as((a, b, c) -> a + b + c);
  }

  /** Values of every type, nested up to a depth, with white space wherever it may be. */
  static Arbitrary<String> values(int depth) {
    Arbitrary<String> scalars =
        Arbitraries.oneOf(strings(), numbers(), Arbitraries.of("true", "false", "null"));
    if (depth == 0) {
      return scalars;
    }
    Arbitrary<String> inner =
        Combinators.combine(blanks(), values(depth - 1), blanks()).as((a, b, c) -> a + b + c);
    Arbitrary<String> members =
        Combinators.combine(blanks(), strings(), blanks(), inner)
            .as((a, name, c, value) -> a + name + c + ":" + value);
    Arbitrary<String> arrays =
        inner.list().ofMaxSize(4).map(parts -> "[" + String.join(",", parts) + "]");
    Arbitrary<String> objects =
        members.list().ofMaxSize(4).map(parts -> "{" + String.join(",", parts) + "}");
    return Arbitraries.frequencyOf(Tuple.of(3, scalars), Tuple.of(1, arrays), Tuple.of(1, objects));
  }

  /** What a text says, read by a parser that knows nothing of frames. */
  static @Nullable Object read(byte[] text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("more than one value");
      }
      return value;
    }
  }

  private static @Nullable Object value(JsonParser parser) {
    JsonToken token = Objects.requireNonNull(parser.currentToken(), "no value");
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new BigDecimal(parser.getString());
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case START_OBJECT -> {
        Map<String, List<@Nullable Object>> members = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          members.computeIfAbsent(name, n -> new ArrayList<>()).add(value(parser));
        }
        yield members;
      }
      default -> throw new IllegalArgumentException("not a value: " + token);
    };
  }
}
