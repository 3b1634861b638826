package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What a frame carries for others is passed on as it came, whatever it is and whatever is around.
 */
class PassedOnTest {

  /**
   * @param before members in front of the value, each with its comma
   * @param after members behind it, each with its comma
   */
  record Sample(String before, String space, String value, String space2, String after) {

    byte[] frame(String field) {
      String text = "{" + before + "\"" + field + "\"" + space + ":" + space + value + space2;
      return (text + after + "}").getBytes(UTF_8);
    }
  }

  @Property(tries = 3000)
  void theContentOfAMessage(@ForAll("samples") Sample sample) {
    Inbound inbound = TypeDialect.decode(sample.frame("content"), "message");
    assertThat(inbound)
        .isInstanceOfSatisfying(
            ClientFrame.Message.class, message -> isAsItCame(message.content(), sample));
  }

  @Property
  void theDataOfAnEvent(@ForAll("samples") Sample sample) {
    var rest =
        new Sample(
            "\"event\":\"a:b\",\"channel\":\"c\",",
            sample.space(),
            sample.value(),
            sample.space2(),
            sample.after());
    Inbound inbound = TypeDialect.decode(rest.frame("data"), "publish");
    assertThat(inbound)
        .isInstanceOfSatisfying(
            ClientFrame.Publish.class, publish -> isAsItCame(publish.data(), sample));
  }

  @Property
  void theTimestampOfAPingAndItsPong(@ForAll("samples") Sample sample) {
    Inbound inbound = TypeDialect.decode(sample.frame("timestamp"), "ping");
    assertThat(inbound)
        .isInstanceOfSatisfying(
            ClientFrame.Ping.class,
            ping -> {
              byte[] pong = TypeDialect.encode(new ServerFrame.Pong(null, ping.timestamp()));
              assertThat(new String(pong, UTF_8))
                  .isEqualTo("{\"type\":\"pong\",\"timestamp\":" + sample.value() + "}");
            });
  }

  @Property
  void theBodyOfAnEventFrame(
      @ForAll("members") List<String> members,
      @ForAll("texts") String type,
      @ForAll("texts") String feed,
      @ForAll long number) {
    String body = String.join(",", members);
    long offset = number & Long.MAX_VALUE;
    byte[] frame =
        TypeDialect.encode(new EventFrame(type, body.getBytes(UTF_8), 1234, feed, offset));
    String separator = body.isEmpty() ? "" : ",";
    String tail = ",\"timestamp\":\"1970-01-01T00:00:01.234Z\",\"feed\":";
    assertThat(new String(frame, UTF_8))
        .startsWith("{\"type\":\"")
        .contains(separator + body + tail)
        .endsWith(",\"offset\":" + offset + "}");
    Object read = JsonTexts.read(frame);
    assertThat(read).isInstanceOf(Map.class);
    assertThat(((Map<?, ?>) read).get("type")).asString().isEqualTo("[" + whole(type) + "]");
    assertThat(((Map<?, ?>) read).get("feed")).asString().isEqualTo("[" + whole(feed) + "]");
    assertThat(((Map<?, ?>) read).get("offset")).asString().isEqualTo("[" + offset + "]");
  }

  private static void isAsItCame(RawJson raw, Sample sample) {
    byte[] source = sample.value().getBytes(UTF_8);
    assertThat(raw.toString()).isEqualTo(sample.value());
    assertThat(raw.bytes()).isEqualTo(source);
    assertThat(raw.length()).isEqualTo(source.length);
    assertThat(JsonTexts.read(raw.bytes())).isEqualTo(JsonTexts.read(source));
    byte[] copy = new byte[source.length + 2];
    assertThat(raw.copyTo(copy, 1)).isEqualTo(source.length + 1);
    assertThat(new String(copy, UTF_8)).isEqualTo("\0" + sample.value() + "\0");
  }

  /** UTF-8 has no word for half a surrogate pair. */
  private static String whole(String text) {
    return new String(text.getBytes(UTF_16BE), UTF_16BE);
  }

  @Provide
  Arbitrary<Sample> samples() {
    Arbitrary<String> unknown =
        Combinators.combine(JsonTexts.blanks(), JsonTexts.values(1), JsonTexts.blanks())
            .as((a, value, c) -> a + "\"ünknown\"" + c + ":" + a + value + c);
    Arbitrary<String> before =
        unknown
            .list()
            .ofMaxSize(2)
            .map(all -> String.join("", all.stream().map(m -> m + ",").toList()));
    Arbitrary<String> after =
        unknown
            .list()
            .ofMaxSize(2)
            .map(all -> String.join("", all.stream().map(m -> "," + m).toList()));
    return Combinators.combine(
            before, JsonTexts.blanks(), JsonTexts.values(3), JsonTexts.blanks(), after)
        .as(Sample::new);
  }

  @Provide
  Arbitrary<List<String>> members() {
    return Combinators.combine(JsonTexts.strings(), JsonTexts.values(2))
        .as((name, value) -> "\"x" + name.substring(1) + ":" + value)
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.of("message", "channel:lobby", "a\"b", "é", "\0", "😀", "\ud800"),
        Arbitraries.strings().ofMaxLength(20));
  }
}
