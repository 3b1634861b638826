package dev.holdfast.wire;

import static dev.holdfast.wire.ErrorCode.BAD_JSON;
import static dev.holdfast.wire.ErrorCode.BAD_REQUEST;
import static dev.holdfast.wire.ErrorCode.UNKNOWN_TYPE;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to say something wrong, with the code and the one line that answer it. */
class MalformedFramesTest {

  private static final String BLANK = "must not hold white space or control characters";
  private static final String HALF = "must not hold half a surrogate pair";
  private static final String PLACE = "from: must be \"start\", \"now\" or {\"after\": position}";
  private static final String LIMIT = "limit: must be a whole number from 1 to 1000";
  private static final String EVENT =
      "event: must be 3 to 100 letters, digits, or _ . : - with a colon among them";

  static Stream<Arguments> notJson() {
    return Stream.of(
        arguments("", "not JSON: empty"),
        arguments(" \r\n\t", "not JSON: empty"),
        arguments("hello", "not JSON at byte 0"),
        arguments("{\"type\":\"ping\"", "not JSON: ends too early"),
        arguments("{\"type\":\"pi", "not JSON: ends too early"),
        arguments("{\"type\":\"ping\",}", "not JSON at byte 15"),
        arguments("{\"type\":\"ping\"}}", "not JSON at byte 15"),
        arguments("{\"type\":\"ping\"} x", "not JSON at byte 16"),
        arguments("{\"type\":\"ping\"}{}", "more than one JSON value"),
        arguments("{\"type\":\"ping\"} 1", "more than one JSON value"),
        arguments("{type:\"ping\"}", "not JSON at byte 1"),
        arguments("{'type':'ping'}", "not JSON at byte 1"),
        arguments("{\"type\":\"ping\",\"timestamp\":NaN}", "not JSON at byte 30"),
        arguments("{\"type\":\"ping\",\"timestamp\":01}", "not JSON at byte 28"),
        arguments("{\"type\":\"ping\",\"timestamp\":+1}", "not JSON at byte 28"),
        arguments("{\"type\":\"ping\",\"timestamp\":1.}", "not JSON at byte 29"),
        arguments("{\"type\":\"ping\",\"timestamp\":\"\\x\"}", "not JSON at byte 29"),
        arguments("{\"type\":\"ping\"/**/}", "not JSON at byte 14"),
        arguments("\0{\"type\":\"ping\"}", "not JSON at byte 0"),
        arguments("{\"type\":\"ping\"}\0", "not JSON at byte 15"),
        arguments("{\"type\":\"pi\0ng\"}", "not JSON at byte 11"),
        arguments("{\"a\":\"line\nbreak\",\"type\":\"ping\"}", "not JSON at byte 10"),
        arguments("\ufeff{\"type\":\"ping\"}", "not JSON at byte 0"),
        arguments(message("{\"\\ud800\":1}"), "not JSON at byte 36"),
        arguments("[]", "must be a JSON object"),
        arguments("[{\"type\":\"ping\"}]", "must be a JSON object"),
        arguments("42", "must be a JSON object"),
        arguments("\"ping\"", "must be a JSON object"),
        arguments("null", "must be a JSON object"),
        arguments("true", "must be a JSON object"),
        arguments("[1", "not JSON: ends too early"),
        arguments("[] []", "more than one JSON value"),
        arguments(message(nested(64)), "nested deeper than 64"),
        arguments("{\"ignored\":" + nested(64) + ",\"type\":\"ping\"}", "nested deeper than 64"),
        arguments("[".repeat(100_000), "nested deeper than 64"),
        arguments("{\"a\":".repeat(100_000), "nested deeper than 64"),
        arguments(message("1".repeat(10_000)), "a number is longer than 1000 characters"),
        arguments(message("0." + "1".repeat(10_000)), "a number is longer than 1000 characters"));
  }

  static Stream<Arguments> notAsTheyHaveToBe() {
    String longText = "x".repeat(20_000);
    return Stream.of(
        arguments("{}", "type: missing"),
        arguments("{\"type\":null}", "type: missing"),
        arguments("{\"type\":1}", "type: must be a string"),
        arguments("{\"type\":[\"ping\"]}", "type: must be a string"),
        arguments("{\"type\":\"ping\",\"type\":\"ping\"}", "type: given twice"),
        arguments("{\"type\":\"ping\",\"type\":null}", "type: given twice"),
        arguments("{\"type\":\"ping\",\"t\\u0079pe\":\"x\"}", "type: given twice"),
        arguments("{\"type\":\"ping\",\"id\":7}", "id: must be a string"),
        arguments("{\"type\":\"ping\",\"id\":{}}", "id: must be a string"),
        arguments("{\"type\":\"ping\",\"id\":\"\"}", "id: must not be empty"),
        arguments("{\"type\":\"ping\",\"id\":\"\\ud800\"}", "id: " + HALF),
        arguments(
            "{\"type\":\"ping\",\"id\":\"" + "i".repeat(129) + "\"}",
            "id: must be at most 128 characters"),
        arguments("{\"type\":\"message\"}", "content: missing"),
        arguments("{\"type\":\"message\",\"content\":1,\"content\":2}", "content: given twice"),
        arguments("{\"type\":\"message\",\"content\":\"\\ud800\"}", "content: " + HALF),
        arguments("{\"type\":\"message\",\"content\":[\"\\udc00\\ud800\"]}", "content: " + HALF),
        arguments("{\"type\":\"message\",\"content\":\"\\ud83d\\n\\ude00\"}", "content: " + HALF),
        arguments(
            "{\"type\":\"message\",\"content\":\"\\\\\\ud83d\\\\ude00\"}", "content: " + HALF),
        arguments("{\"type\":\"broadcast\"}", "content: missing"),
        arguments("{\"type\":\"direct\",\"content\":1}", "to: missing"),
        arguments("{\"type\":\"direct\",\"to\":\"u\"}", "content: missing"),
        arguments("{\"type\":\"refresh\"}", "token: missing"),
        arguments("{\"type\":\"refresh\",\"token\":1}", "token: must be a string"),
        arguments(
            "{\"type\":\"refresh\",\"token\":\"" + longText + "\"}",
            "token: must be at most 16384 characters"),
        arguments("{\"type\":\"connect\",\"token\":true}", "token: must be a string"),
        arguments("{\"type\":\"connect\",\"user_id\":\"a b\"}", "user_id: " + BLANK),
        arguments("{\"type\":\"connect\",\"session_id\":5}", "session_id: must be a string"),
        arguments(
            "{\"type\":\"connect\",\"positions\":[]}",
            "positions: must be an object of positions by feed"),
        arguments(
            "{\"type\":\"connect\",\"positions\":{\"a:b\":1}}",
            "positions (a position): must be a string"),
        arguments(
            "{\"type\":\"connect\",\"positions\":{\"a:b\":{\"x\":[1]},\"c:d\":\"1:1\"}}",
            "positions (a position): must be a string"),
        arguments(
            "{\"type\":\"connect\",\"positions\":{\"\":\"1:1\"}}",
            "positions (a feed): must not be empty"),
        arguments(
            "{\"type\":\"connect\",\"positions\":{\"a b\":\"1:1\"}}",
            "positions (a feed): " + BLANK),
        arguments(
            "{\"type\":\"connect\",\"positions\":{\"a:b\":\"1:1\",\"a:b\":\"1:2\"}}",
            "positions: a feed is given twice"),
        arguments(
            "{\"type\":\"connect\",\"positions\":{" + feeds(1001) + "}}",
            "positions: must be at most 1000 feeds"),
        arguments("{\"type\":\"attach\"}", "feed: missing"),
        arguments("{\"type\":\"attach\",\"feed\":null}", "feed: missing"),
        arguments("{\"type\":\"attach\",\"feed\":[\"a\"]}", "feed: must be a string"),
        arguments("{\"type\":\"attach\",\"feed\":\"\"}", "feed: must not be empty"),
        arguments("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":1}", PLACE),
        arguments("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":\"end\"}", PLACE),
        arguments("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":[]}", PLACE),
        arguments("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":{}}", PLACE),
        arguments(
            "{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":{\"after\":7}}",
            "from.after: must be a string"),
        arguments(
            "{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":{\"after\":\"1:1\",\"after\":\"1:2\"}}",
            "from.after: given twice"),
        arguments(
            "{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":{\"after\":\""
                + "1".repeat(41)
                + "\"}}",
            "from.after: must be at most 40 characters"),
        arguments(
            "{\"type\":\"detach\",\"feed\":\"" + "f".repeat(218) + "\"}",
            "feed: must be at most 217 characters"),
        arguments("{\"type\":\"history\"}", "feed: missing"),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":0}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":-1}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":1001}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":1.0}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":1e2}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":1e999999}", LIMIT),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":\"5\"}", LIMIT),
        arguments(
            "{\"type\":\"history\",\"feed\":\"a:b\",\"limit\":" + "9".repeat(1000) + "}", LIMIT),
        arguments(
            "{\"type\":\"history\",\"feed\":\"a:b\",\"reverse\":1}",
            "reverse: must be true or false"),
        arguments("{\"type\":\"history\",\"feed\":\"a:b\",\"after\":3}", "after: must be a string"),
        arguments("{\"type\":\"subscribe\"}", "channel: missing"),
        arguments(
            "{\"type\":\"subscribe\",\"channel\":\"a\",\"presence\":\"yes\"}",
            "presence: must be true or false"),
        arguments("{\"type\":\"subscribe\",\"channel\":\"a b\"}", "channel: " + BLANK),
        arguments("{\"type\":\"subscribe\",\"channel\":\"a\\u0000\"}", "channel: " + BLANK),
        arguments("{\"type\":\"subscribe\",\"channel\":\"a\u00a0b\"}", "channel: " + BLANK),
        arguments("{\"type\":\"subscribe\",\"channel\":\"a\\u2028b\"}", "channel: " + BLANK),
        arguments("{\"type\":\"subscribe\",\"channel\":\"\u007f\"}", "channel: " + BLANK),
        arguments("{\"type\":\"subscribe\",\"channel\":\"\\ud83d\"}", "channel: " + HALF),
        arguments("{\"type\":\"subscribe\",\"channel\":\"\\ude00\\ud83d\"}", "channel: " + HALF),
        arguments(
            "{\"type\":\"subscribe\",\"channel\":\"" + "c".repeat(201) + "\"}",
            "channel: must be at most 200 characters"),
        arguments("{\"type\":\"unsubscribe\",\"channel\":5}", "channel: must be a string"),
        arguments("{\"type\":\"presence\"}", "channel: missing"),
        arguments("{\"type\":\"publish\",\"event\":\"a:b\",\"data\":1}", "channel: missing"),
        arguments("{\"type\":\"publish\",\"channel\":\"c\",\"data\":1}", "event: missing"),
        arguments("{\"type\":\"publish\",\"channel\":\"c\",\"event\":\"a:b\"}", "data: missing"),
        arguments(publish("message"), EVENT),
        arguments(publish("a:"), EVENT),
        arguments(publish("a:b c"), EVENT),
        arguments(publish("a:\\u00e9"), EVENT),
        arguments(publish("a:" + "b".repeat(99)), EVENT),
        arguments(publish("a:b\\n"), EVENT),
        arguments(
            "{\"type\":\"publish\",\"channel\":\"c\",\"event\":\"a:b\",\"data\":1,"
                + "\"idempotency_key\":\"\"}",
            "idempotency_key: must not be empty"));
  }

  @ParameterizedTest
  @MethodSource("notJson")
  void whatIsNotOneJsonObjectIsToldWhyAndWhere(String frame, String message) {
    assertThat(decode(frame)).isEqualTo(new Inbound.Malformed(null, BAD_JSON, message));
  }

  @ParameterizedTest
  @MethodSource("notAsTheyHaveToBe")
  void aFieldThatIsMissingOrWrongIsNamedWithTheReason(String frame, String message) {
    assertThat(decode(frame)).isEqualTo(new Inbound.Malformed(null, BAD_REQUEST, message));
  }

  @Test
  void anUnknownTypeIsQuoted() {
    assertThat(decode("{\"type\":\"dance\",\"id\":\"a\"}"))
        .isEqualTo(new Inbound.Malformed("a", UNKNOWN_TYPE, "unknown type \"dance\""));
    assertThat(decode("{\"type\":\"\"}"))
        .isEqualTo(new Inbound.Malformed(null, UNKNOWN_TYPE, "unknown type \"\""));
    assertThat(decode("{\"type\":\"Ping\"}"))
        .isEqualTo(new Inbound.Malformed(null, UNKNOWN_TYPE, "unknown type \"Ping\""));
  }

  @Test
  void anUnknownTypeIsQuotedInOneShortLineWithoutSurprises() {
    assertThat(decode("{\"type\":\"" + "x".repeat(65) + "\"}"))
        .isEqualTo(
            new Inbound.Malformed(null, UNKNOWN_TYPE, "unknown type \"" + "x".repeat(64) + "…\""));
    assertThat(decode("{\"type\":\"a\\r\\n\\u0000\\u202e\\ud800\\\"\\\\\\ud83d\\ude00\"}"))
        .isEqualTo(
            new Inbound.Malformed(
                null,
                UNKNOWN_TYPE,
                "unknown type \"a\\u000d\\u000a\\u0000\\u202e\\ud800\\u0022\\u005c😀\""));
  }

  @Test
  void theIdIsToldAlsoWhenItComesAfterTheFault() {
    assertThat(decode("{\"type\":\"message\",\"channel\":7,\"content\":1,\"id\":\"m-1\"}"))
        .isEqualTo(new Inbound.Malformed("m-1", BAD_REQUEST, "channel: must be a string"));
    assertThat(decode("{\"type\":\"ping\",\"type\":\"ping\",\"id\":\"m-1\"}"))
        .isEqualTo(new Inbound.Malformed("m-1", BAD_REQUEST, "type: given twice"));
    assertThat(decode("{\"id\":\"m-1\"}"))
        .isEqualTo(new Inbound.Malformed("m-1", BAD_REQUEST, "type: missing"));
  }

  @Test
  void anIdThatIsGivenTwiceIsNone() {
    assertThat(decode("{\"type\":\"ping\",\"id\":\"a\",\"id\":\"b\"}"))
        .isEqualTo(new Inbound.Malformed(null, BAD_REQUEST, "id: given twice"));
  }

  @Test
  void theIdOfAFrameThatIsNotJsonIsNotTrusted() {
    assertThat(decode("{\"type\":\"ping\",\"id\":\"a\"}garbage"))
        .isEqualTo(new Inbound.Malformed(null, BAD_JSON, "not JSON at byte 24"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"ping\"}", " {}", "[]", "1", "{}"})
  void otherEncodingsAreNotJson(String text) {
    for (byte[] frame : new byte[][] {text.getBytes(UTF_16LE), text.getBytes(UTF_16BE)}) {
      assertThat(TypeDialect.decode(frame))
          .isEqualTo(new Inbound.Malformed(null, BAD_JSON, "not JSON at byte 0"));
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedWhereTheyAreRead() {
    byte[] frame = "{\"type\":\"connect\",\"positions\":{\"a:b\":\"???\"}}".getBytes(UTF_8);
    byte[] half = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
    System.arraycopy(half, 0, frame, frame.length - 6, 3);
    assertThat(TypeDialect.decode(frame))
        .isEqualTo(new Inbound.Malformed(null, BAD_REQUEST, "positions: must be valid UTF-8"));
  }

  @Test
  void theDeepestFrameThatIsAllowedPasses() {
    assertThat(decode(message(nested(63)))).isInstanceOf(ClientFrame.Message.class);
  }

  private static Inbound decode(String frame) {
    return TypeDialect.decode(frame.getBytes(UTF_8));
  }

  private static String message(String content) {
    return "{\"type\":\"message\",\"content\":" + content + "}";
  }

  private static String publish(String event) {
    return "{\"type\":\"publish\",\"channel\":\"c\",\"data\":1,\"event\":\"" + event + "\"}";
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static String feeds(int count) {
    var feeds = new StringBuilder();
    for (int i = 0; i < count; i++) {
      feeds.append(i == 0 ? "" : ",").append("\"channel:").append(i).append("\":\"1:1\"");
    }
    return feeds.toString();
  }
}
