package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  private static boolean model(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void agree(byte[] text) {
    assertThat(Utf8.isValid(text)).as(() -> Arrays.toString(text)).isEqualTo(model(text));
  }

  @Test
  void everyPairOfBytesIsJudgedAsTheJdkDoes() {
    for (int pair = 0; pair <= 0xffff; pair++) {
      agree(new byte[] {(byte) (pair >> 8), (byte) pair});
    }
  }

  @Test
  void sequencesAtTheEdgesAreJudgedAsTheJdkDoes() {
    int[] edges = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (int first = 0xe0; first <= 0xff; first++) {
      for (int second : edges) {
        for (int third : edges) {
          agree(new byte[] {(byte) first, (byte) second, (byte) third});
          for (int fourth : edges) {
            agree(new byte[] {(byte) first, (byte) second, (byte) third, (byte) fourth});
          }
        }
      }
    }
  }

  @Test
  void textWithOneByteChangedIsJudgedAsTheJdkDoes() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] text =
        "plain ascii, grüße, שלום, 漢字, 👩‍🚀 and more ascii".getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.isValid(text)).isTrue();
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = text.clone();
      changed[random.nextInt(text.length)] = (byte) random.nextInt(256);
      agree(Arrays.copyOf(changed, random.nextInt(text.length + 1)));
    }
  }
}
