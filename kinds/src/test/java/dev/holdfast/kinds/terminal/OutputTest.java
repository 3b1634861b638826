package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OutputTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static void readsBack(String text) {
    byte[] plain = text.getBytes(UTF_8);
    byte[] body = Output.body(text, plain.length);
    JsonNode read = JSON.readTree("{" + new String(body, UTF_8) + "}");
    assertThat(read.path("data").stringValue()).isEqualTo(text);
    assertThat(read.path("bytes").intValue()).isEqualTo(plain.length);
    byte[] quoted = new byte[plain.length * 2 + 8];
    int half = Output.quotePlain(plain, 0, plain.length / 2, quoted, 0);
    int all =
        half < 0 ? half : Output.quotePlain(plain, plain.length / 2, plain.length, quoted, half);
    assertThat(all >= 0).isEqualTo(text.matches("[ -~\\r\\n\\t\\x08\\f\\x7f]*"));
    if (all >= 0) {
      assertThat(Output.body(quoted, all, plain.length)).isEqualTo(body);
    }
  }

  @Test
  void everyCharacterIsReadBackWhereverItStands() {
    for (int c = 0; c < 0x300; c++) {
      for (int before = 0; before < 18; before++) {
        readsBack("x".repeat(before) + (char) c + "y".repeat(17 - before));
      }
    }
  }

  @Test
  void anyTextIsReadBack() {
    long seed = new Random().nextLong();
    System.out.println("output: seed " + seed);
    Random random = new Random(seed);
    String often = "\"\\\r\n\t\b\f\u001b !#[]^/\u007f\u00e9\u4e2d\ud83d\ude00";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(100); i > 0; i--) {
        int at =
            often.offsetByCodePoints(0, random.nextInt(often.codePointCount(0, often.length())));
        text.appendCodePoint(
            random.nextInt(3) == 0 ? often.codePointAt(at) : 'a' + random.nextInt(26));
      }
      readsBack(text.toString());
    }
  }
}
