package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact text of events. */
class EventFramesTest {

  private static final DateTimeFormatter TIMES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Test
  void anEventOfAFeedSaysFeedAndOffsetLast() {
    assertThat(encode("message", "\"from\":\"ann\",\"content\":{\"a\" : 1}", "channel:lobby", 7))
        .isEqualTo(
            """
            {"type":"message","from":"ann","content":{"a" : 1},\
            "timestamp":"2026-01-31T23:59:59.007Z","feed":"channel:lobby","offset":7}\
            """);
  }

  @Test
  void anEventWithoutABodyHasNoEmptyMember() {
    assertThat(encode("join", "", "channel:lobby", 7))
        .isEqualTo(
            """
            {"type":"join","timestamp":"2026-01-31T23:59:59.007Z","feed":"channel:lobby",\
            "offset":7}\
            """);
  }

  @Test
  void anEventWithoutAFeedHasNoOffset() {
    assertThat(encode("broadcast", "\"content\":1", null, -1))
        .isEqualTo(
            """
            {"type":"broadcast","content":1,"timestamp":"2026-01-31T23:59:59.007Z"}\
            """);
    assertThat(encode("broadcast", "", null, 0))
        .isEqualTo(
            """
            {"type":"broadcast","timestamp":"2026-01-31T23:59:59.007Z"}\
            """);
  }

  @Test
  void typeAndFeedAreEscapedWhereTheyNeedIt() {
    assertThat(encode("a\"b\\", "", "channel:é😀\0\ud800", 1))
        .isEqualTo(
            "{\"type\":\"a\\\"b\\\\\",\"timestamp\":\"2026-01-31T23:59:59.007Z\","
                + "\"feed\":\"channel:é😀\\u0000\ufffd\",\"offset\":1}");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9, 10, 99, 100, 9_007_199_254_740_993L, Long.MAX_VALUE})
  void offsetsOfEveryLengthAreWritten(long offset) {
    assertThat(encode("e", "", "f", offset)).endsWith(",\"offset\":" + offset + "}");
  }

  @Test
  void anOffsetBelowZeroIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> encode("e", "", "f", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00.000Z",
    "999, 1970-01-01T00:00:00.999Z",
    "1000, 1970-01-01T00:00:01.000Z",
    "-1, 1969-12-31T23:59:59.999Z",
    "951782400000, 2000-02-29T00:00:00.000Z",
    "253402300799999, 9999-12-31T23:59:59.999Z",
    "253402300800000, 9999-12-31T23:59:59.999Z",
    "9223372036854775807, 9999-12-31T23:59:59.999Z",
    "-62167219200000, 0000-01-01T00:00:00.000Z",
    "-9223372036854775808, 0000-01-01T00:00:00.000Z",
  })
  void timesOutsideOfTheCalendarAreCutToIt(long millis, String text) {
    assertThat(Timestamps.text(millis)).isEqualTo(text);
    assertThat(Timestamps.text(millis)).isEqualTo(text);
  }

  @Property
  void timesAreThoseOfTheCalendar(
      @ForAll @LongRange(min = -62_167_219_200_000L, max = 253_402_300_799_999L) long millis,
      @ForAll @LongRange(min = 0, max = 1999) long step) {
    for (long time : new long[] {millis, millis + step, millis}) {
      long within = Math.min(time, 253_402_300_799_999L);
      assertThat(Timestamps.text(time)).isEqualTo(TIMES.format(Instant.ofEpochMilli(within)));
    }
  }

  @Test
  void quotedStringsAreJson() {
    assertThat(new String(JsonText.quote("a\"\\\n\0é😀\udc00"), UTF_8))
        .isEqualTo("\"a\\\"\\\\\\n\\u0000é😀\ufffd\"");
    assertThat(new String(JsonText.quote(""), UTF_8)).isEqualTo("\"\"");
  }

  @Test
  void anEventThatStandsForSeveralSaysForHowMany() {
    var event = new EventFrame("token", "\"index\":12".getBytes(UTF_8), 0, "run:r", 15, 12);
    assertThat(new String(TypeDialect.encode(event), UTF_8))
        .isEqualTo(
            "{\"type\":\"token\",\"index\":12,\"timestamp\":\"1970-01-01T00:00:00.000Z\","
                + "\"feed\":\"run:r\",\"offset\":15,\"span\":12}");
    var untold = new EventFrame("token", new byte[0], 0, null, 15, 12);
    assertThat(new String(TypeDialect.encode(untold), UTF_8)).doesNotContain("span");
  }

  private static String encode(String type, String body, @Nullable String feed, long offset) {
    var event = new EventFrame(type, body.getBytes(UTF_8), 1_769_903_999_007L, feed, offset);
    return new String(TypeDialect.encode(event), UTF_8);
  }
}
