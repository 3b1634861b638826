package dev.holdfast.wire;

import dev.holdfast.wire.ClientFrame.Begin;
import dev.holdfast.wire.Envelope.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the fields of one frame by what they have to be, and notes the first that is not. A field
 * that is wrong reads as something harmless: whoever asks for {@link #fault} first never sees it.
 * JSON {@code null} is the same as no field, except where any JSON will do. On the thread that
 * decodes the frame.
 */
final class Fields {

  private static final String HALF = "must not hold half a surrogate pair";

  static final int ID_LENGTH = 128;
  static final int NAME_LENGTH = 200;
  static final int MESSAGE_LENGTH = 1000;
  static final int FEED_LENGTH = 217;
  static final int POSITION_LENGTH = 40;
  static final int TOKEN_LENGTH = 16_384;
  static final int HISTORY_LIMIT = 1000;
  static final int DEADLINE_MILLIS = 24 * 60 * 60 * 1000;
  static final int POSITIONS = 1000;
  static final int PATH_LENGTH = 4096;
  static final int SCREEN = 500;
  private static final int LONGEST_OFFSET = 18;

  private static final Begin NOW = new Begin.Now();
  private static final Begin START = new Begin.Start();
  private static final Pattern EVENT = Pattern.compile("(?=[^:]*:)[A-Za-z0-9_.:-]{3,100}");

  private final Envelope envelope;
  private @Nullable String fault;

  Fields(Envelope envelope) {
    this.envelope = envelope;
    Field twice = envelope.twice();
    if (twice != null) {
      refuse(twice, "given twice");
    }
  }

  /** The first fault found so far, in one line; null for none. */
  @Nullable String fault() {
    return fault;
  }

  void refuse(Field field, String reason) {
    refuse(field.wire, reason);
  }

  private void refuse(String name, String reason) {
    if (fault == null) {
      fault = name + ": " + reason;
    }
  }

  /** The command's own name; null too where it cannot be told. */
  @Nullable String id() {
    return id(Field.ID);
  }

  /** The same, in another field. */
  @Nullable String id(Field field) {
    String id = envelope.twice() == field ? null : text(field, ID_LENGTH);
    return id == null || id.isEmpty() ? null : id;
  }

  /** The type of the frame. */
  String type(@Nullable String otherwise) {
    return type(Field.TYPE, otherwise);
  }

  /** The same, in another field. */
  String type(Field field, @Nullable String otherwise) {
    Value value = find(field);
    if (value == null) {
      if (otherwise == null) {
        refuse(field, "missing");
      }
      return otherwise == null ? "" : otherwise;
    }
    if (value.text() == null) {
      refuse(field, "must be a string");
      return "";
    }
    return value.text();
  }

  /** A string for people or for another program: any characters, at least one of them. */
  @Nullable String text(Field field, int most) {
    Value value = find(field);
    return value == null ? null : text(field.wire, value.text(), most);
  }

  String requiredText(Field field, int most) {
    return required(field, text(field, most));
  }

  /** A string that names something: without white space and control characters. */
  @Nullable String name(Field field, int most) {
    Value value = find(field);
    return value == null ? null : name(field.wire, value.text(), most);
  }

  String requiredName(Field field, int most) {
    return required(field, name(field, most));
  }

  String event() {
    String event = requiredText(Field.EVENT, Integer.MAX_VALUE);
    if (!EVENT.matcher(event).matches()) {
      refuse(Field.EVENT, "must be 3 to 100 letters, digits, or _ . : - with a colon among them");
    }
    return event;
  }

  /** Any JSON, {@code null} included. */
  RawJson json(Field field) {
    RawJson json = optionalJson(field);
    if (json == null) {
      refuse(field, "missing");
      return RawJson.NULL;
    }
    return json;
  }

  /** Any JSON but {@code null}, which is the same as none. */
  @Nullable RawJson optionalValue(Field field) {
    return has(field) ? optionalJson(field) : null;
  }

  @Nullable RawJson optionalJson(Field field) {
    Value value = envelope.find(field);
    if (value == null) {
      return null;
    }
    if (!value.raw().isUnicode()) {
      // JSON lets it pass, but many a reader of what others send would stumble over it.
      refuse(field, HALF);
    }
    return value.raw();
  }

  /** True or false; false where it is not given. */
  boolean flag(Field field) {
    Value value = find(field);
    if (value != null && !value.token().isBoolean()) {
      refuse(field, "must be true or false");
    }
    return value != null && value.token() == JsonToken.VALUE_TRUE;
  }

  /** True or false, and one of them. */
  boolean requiredFlag(Field field) {
    if (find(field) == null) {
      refuse(field, "missing");
    }
    return flag(field);
  }

  /** Whether it is given, and not null. */
  boolean has(Field field) {
    return find(field) != null;
  }

  /** The offset of an event, or 0 for the place before the first. */
  long offset() {
    Value value = find(Field.OFFSET);
    if (value == null) {
      refuse(Field.OFFSET, "missing");
      return 0;
    }
    String text = value.raw().toString();
    boolean number = value.token() == JsonToken.VALUE_NUMBER_INT && !text.startsWith("-");
    if (!number || text.length() > LONGEST_OFFSET) {
      refuse(Field.OFFSET, "must be the offset of an event");
      return 0;
    }
    return Long.parseLong(text);
  }

  int requiredNumber(Field field, int most) {
    Integer number = wholeNumber(field, most);
    if (number == null) {
      refuse(field, "missing");
      return 1;
    }
    return number;
  }

  @Nullable Integer wholeNumber(Field field, int most) {
    Value value = find(field);
    if (value == null) {
      return null;
    }
    if (value.token() == JsonToken.VALUE_NUMBER_INT && value.raw().length() < 10) {
      int number = Integer.parseInt(value.raw().toString());
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    refuse(field, "must be a whole number from 1 to " + most);
    return null;
  }

  /** Where to begin: now, where it is not given. */
  Begin from() {
    Value value = find(Field.FROM);
    if (value == null || "now".equals(value.text())) {
      return NOW;
    }
    if ("start".equals(value.text())) {
      return START;
    }
    if (value.token() == JsonToken.START_OBJECT) {
      Envelope inner = Envelope.read(value.raw().bytes());
      Value after = inner.find(Field.AFTER);
      if (inner.twice() == Field.AFTER) {
        refuse("from.after", "given twice");
      } else if (after != null) {
        return new Begin.After(name("from.after", after.text(), POSITION_LENGTH));
      }
    }
    refuse(Field.FROM, "must be \"start\", \"now\" or {\"after\": position}");
    return NOW;
  }

  /** Positions by feed. */
  Map<String, String> positions() {
    Value value = find(Field.POSITIONS);
    if (value == null) {
      return Map.of();
    }
    if (value.token() != JsonToken.START_OBJECT) {
      refuse(Field.POSITIONS, "must be an object of positions by feed");
      return Map.of();
    }
    var positions = new LinkedHashMap<String, String>();
    try (JsonParser parser = Parsers.of(value.raw().bytes())) {
      parser.nextToken();
      readPositions(parser, positions);
    } catch (JacksonException e) {
      refuse(Field.POSITIONS, "must be valid UTF-8");
    }
    return Collections.unmodifiableMap(positions);
  }

  private void readPositions(JsonParser parser, Map<String, String> positions) {
    for (String feed = parser.nextName(); feed != null && fault == null; feed = parser.nextName()) {
      name("positions (a feed)", feed, FEED_LENGTH);
      boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
      String position = isText ? parser.getString() : null;
      if (positions.put(feed, name("positions (a position)", position, POSITION_LENGTH)) != null) {
        refuse(Field.POSITIONS, "a feed is given twice");
      }
      if (positions.size() > POSITIONS) {
        refuse(Field.POSITIONS, "must be at most " + POSITIONS + " feeds");
      }
    }
  }

  String text(String field, @Nullable String text, int most) {
    if (text == null) {
      refuse(field, "must be a string");
    } else if (text.isEmpty()) {
      refuse(field, "must not be empty");
    } else if (text.length() > most) {
      refuse(field, "must be at most " + most + " characters");
    } else if (!JsonText.isUnicode(text)) {
      refuse(field, HALF);
    } else {
      return text;
    }
    return "";
  }

  String name(String field, @Nullable String text, int most) {
    String name = text(field, text, most);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || (c >= 0x7f && isBlank(c))) {
        refuse(field, "must not hold white space or control characters");
        return "";
      }
    }
    return name;
  }

  private static boolean isBlank(char c) {
    return Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private String required(Field field, @Nullable String value) {
    if (value == null) {
      refuse(field, "missing");
      return "";
    }
    return value;
  }

  private @Nullable Value find(Field field) {
    Value value = envelope.find(field);
    return value == null || value.token() == JsonToken.VALUE_NULL ? null : value;
  }
}
