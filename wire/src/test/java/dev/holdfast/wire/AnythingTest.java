package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.provider.Arguments;

/** Whatever bytes come, the answer is a frame or a refusal in one line, and never an exception. */
class AnythingTest {

  private static final List<byte[]> FRAMES =
      ClientFramesTest.everyFrame().map(AnythingTest::text).toList();

  /** What is likely to confuse a parser, in place of what was there. */
  private static final List<byte[]> ODDITIES =
      List.of(
          bytes("\0"),
          bytes("\""),
          bytes("\\"),
          bytes("{"),
          bytes("}"),
          bytes("["),
          bytes("]"),
          bytes(","),
          bytes(":"),
          bytes("null"),
          bytes("-"),
          bytes("1e999999"),
          bytes("\\ud800"),
          bytes("\ufeff"),
          bytes("\"type\":"),
          bytes("\n"),
          bytes("/"),
          bytes("'"),
          new byte[] {(byte) 0xc0},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xf0, (byte) 0x9f},
          new byte[] {(byte) 0xff});

  @Property(tries = 20_000)
  void randomBytesAreAnswered(@ForAll byte[] bytes) {
    isAnswered(bytes);
  }

  @Property(tries = 20_000)
  void randomTextIsAnswered(@ForAll("pieces") List<String> pieces) {
    isAnswered(bytes(String.join("", pieces)));
  }

  @Property(tries = 20_000)
  void framesWithBytesChangedAreAnswered(
      @ForAll("frames") byte[] frame,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 1000) Integer> places,
      @ForAll byte value) {
    byte[] mutated = frame.clone();
    for (int place : places) {
      mutated[place % mutated.length] = value;
    }
    isAnswered(mutated);
  }

  @Property(tries = 20_000)
  void framesWithOdditiesPutInAreAnswered(
      @ForAll("frames") byte[] frame,
      @ForAll("oddities") byte[] oddity,
      @ForAll @IntRange(min = 0, max = 1000) int place,
      @ForAll boolean instead) {
    int from = place % (frame.length + 1);
    int to = instead ? Math.min(frame.length, from + oddity.length) : from;
    byte[] mutated = new byte[frame.length + oddity.length - (to - from)];
    System.arraycopy(frame, 0, mutated, 0, from);
    System.arraycopy(oddity, 0, mutated, from, oddity.length);
    System.arraycopy(frame, to, mutated, from + oddity.length, frame.length - to);
    isAnswered(mutated);
  }

  @Property
  void framesThatAreCutOffAreNotJson(
      @ForAll("frames") byte[] frame, @ForAll @IntRange(min = 0, max = 1000) int place) {
    byte[] cut = Arrays.copyOf(frame, place % frame.length);
    assertThat(TypeDialect.decode(cut))
        .isInstanceOfSatisfying(
            Inbound.Malformed.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_JSON));
    isAnswered(cut);
  }

  private static void isAnswered(byte[] frame) {
    byte[] before = frame.clone();
    Inbound inbound = TypeDialect.decode(frame, "message");
    assertThat(frame).isEqualTo(before);
    if (inbound instanceof Inbound.Malformed refusal) {
      assertThat(refusal.message()).isNotBlank().doesNotContain("\n", "\r").hasSizeLessThan(300);
      byte[] error =
          TypeDialect.encode(
              new ServerFrame.Error(refusal.id(), refusal.code(), refusal.message(), null, null));
      assertThat(JsonTexts.read(error)).isNotNull();
    } else if (inbound instanceof ClientFrame.Message message && isUtf8(frame)) {
      JsonTexts.read(message.content().bytes());
    }
  }

  /** Who calls the dialect has seen to that; if not, there is still no exception. */
  private static boolean isUtf8(byte[] frame) {
    return Arrays.equals(bytes(new String(frame, UTF_8)), frame);
  }

  @Provide
  Arbitrary<byte[]> frames() {
    return Arbitraries.of(FRAMES);
  }

  @Provide
  Arbitrary<byte[]> oddities() {
    return Arbitraries.of(ODDITIES);
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            " ",
            "\"type\"",
            "\"id\"",
            "\"content\"",
            "\"from\"",
            "\"positions\"",
            "\"attach\"",
            "\"connect\"",
            "\"message\"",
            "{\"after\":",
            "1",
            "-",
            "e9",
            "null",
            "true",
            "\\u",
            "d800",
            "é",
            "😀",
            "\0",
            "\ufeff")
        .list()
        .ofMaxSize(24);
  }

  private static byte[] text(Arguments row) {
    return bytes((String) Objects.requireNonNull(row.get()[0]));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
