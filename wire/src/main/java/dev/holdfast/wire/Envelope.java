package dev.holdfast.wire;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * The fields of one frame, each a slice of it, found in one pass over text that is thereby known to
 * be well-formed. On the thread that decodes the frame.
 */
final class Envelope {

  /** The greatest depth of a frame; the frame itself is the first level. */
  static final int MOST_LEVELS = 64;

  /**
   * A value as it stands in the frame.
   *
   * @param token its first token
   * @param text what a string says, where its field is text
   */
  record Value(JsonToken token, @Nullable String text, RawJson raw) {}

  private final byte[] frame;
  private final Map<Field, Value> values = new EnumMap<>(Field.class);
  private @Nullable String broken;
  private @Nullable Field twice;

  private Envelope(byte[] frame) {
    this.frame = frame;
  }

  static Envelope read(byte[] frame) {
    var envelope = new Envelope(frame);
    envelope.broken = envelope.scan();
    return envelope;
  }

  /** Why the frame is not one JSON object; null where it is. */
  @Nullable String broken() {
    return broken;
  }

  /** A field that was given more than once. */
  @Nullable Field twice() {
    return twice;
  }

  /** The value of a field, {@code null} included; null for a field that was not given. */
  @Nullable Value find(Field field) {
    return values.get(field);
  }

  private @Nullable String scan() {
    if (!looksLikeUtf8()) {
      return "not JSON at byte 0";
    }
    try (JsonParser parser = Parsers.of(frame)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return "not JSON: empty";
      }
      if (first != JsonToken.START_OBJECT) {
        return skip(parser) ? notAnObject(parser) : tooDeep();
      }
      return scanFields(parser) ? trailing(parser) : tooDeep();
    } catch (StreamConstraintsException e) {
      return "a number is longer than " + Parsers.NUMBER_LENGTH + " characters";
    } catch (UnexpectedEndOfInputException e) {
      return "not JSON: ends too early";
    } catch (JacksonException e) {
      return "not JSON at byte " + Math.clamp(e.getLocation().getByteOffset(), 0, frame.length);
    }
  }

  /** Without a byte order mark, and nothing that the parser would take for UTF-16 or UTF-32. */
  private boolean looksLikeUtf8() {
    for (int i = 0; i < Math.min(4, frame.length); i++) {
      if (frame[i] == 0) {
        return false;
      }
    }
    int first = frame.length == 0 ? 0 : frame[0] & 0xff;
    return first != 0xef && first < 0xfe;
  }

  /**
   * Where a value ends is told by what follows it: the next name or the closing brace, with a comma
   * and white space between. That holds for values of every type, read or skipped.
   */
  private boolean scanFields(JsonParser parser) {
    Field field = null;
    JsonToken token = JsonToken.NOT_AVAILABLE;
    String text = null;
    int start = 0;
    while (true) {
      String name = parser.nextName();
      if (field != null) {
        put(field, new Value(token, text, slice(start, offset(parser))));
      }
      if (name == null) {
        return true;
      }
      field = Field.named(name);
      token = parser.nextToken();
      start = field == null ? 0 : offset(parser);
      text =
          field != null && field.text && token == JsonToken.VALUE_STRING
              ? parser.getString()
              : null;
      if (!skip(parser)) {
        return false;
      }
    }
  }

  private void put(Field field, Value value) {
    if (values.putIfAbsent(field, value) != null && twice == null) {
      twice = field;
    }
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private RawJson slice(int start, int next) {
    int end = next;
    while (isBetween(frame[end - 1])) {
      end--;
    }
    return new RawJson(frame, start, end - start);
  }

  private static boolean isBetween(byte b) {
    return b == ',' || b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** Skips the value that begins with the current token; false where it is nested too deep. */
  private static boolean skip(JsonParser parser) {
    int depth = 0;
    JsonToken token = parser.currentToken();
    while (token != null) {
      if (token.isStructStart()) {
        depth++;
        if (parser.streamReadContext().getNestingDepth() > MOST_LEVELS) {
          return false;
        }
      } else if (token.isStructEnd()) {
        depth--;
      }
      if (depth == 0) {
        return true;
      }
      token = parser.nextToken();
    }
    return true;
  }

  private static @Nullable String trailing(JsonParser parser) {
    return parser.nextToken() == null ? null : "more than one JSON value";
  }

  private static String notAnObject(JsonParser parser) {
    String trailing = trailing(parser);
    return trailing == null ? "must be a JSON object" : trailing;
  }

  private static String tooDeep() {
    return "nested deeper than " + MOST_LEVELS;
  }
}
