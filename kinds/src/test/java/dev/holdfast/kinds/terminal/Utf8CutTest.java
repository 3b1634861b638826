package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8CutTest {

  private static final String[] CHARACTERS = {"a", "\u00e9", "\u4e2d", "\ud83d\ude00", "\u0000"};

  /** Decodes piece by piece, as output comes. */
  private static String pieces(byte[] bytes, Random random) {
    StringBuilder text = new StringBuilder();
    byte[] room = new byte[bytes.length];
    int kept = 0;
    int at = 0;
    while (at < bytes.length) {
      int read = Math.min(1 + random.nextInt(5), bytes.length - at);
      System.arraycopy(bytes, at, room, kept, read);
      at += read;
      int whole = Utf8Cut.whole(room, kept + read);
      text.append(new String(room, 0, whole, UTF_8));
      kept = kept + read - whole;
      System.arraycopy(room, whole, room, 0, kept);
    }
    return text + new String(room, 0, kept, UTF_8);
  }

  @Test
  void charactersAreWholeHoweverTheyCome() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
      }
      assertThat(pieces(text.toString().getBytes(UTF_8), random))
          .as("seed %s", seed)
          .isEqualTo(text.toString());
    }
  }

  @Test
  void bytesThatAreNoCharactersAreNeverWaitedForLongerThanACharacterCanBe() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(30)];
      random.nextBytes(bytes);
      int whole = Utf8Cut.whole(bytes, bytes.length);
      assertThat(bytes.length - whole).as("seed %s", seed).isBetween(0, 3);
    }
    ByteArrayOutputStream continuations = new ByteArrayOutputStream();
    for (int i = 0; i < 10; i++) {
      continuations.write(0x80);
    }
    assertThat(Utf8Cut.whole(continuations.toByteArray(), 10)).isEqualTo(10);
  }
}
