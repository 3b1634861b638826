package dev.holdfast.kinds.terminal.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SieveTest {

  private static final String ESC = "\u001b";

  private static String sifted(Sieve sieve, String text) {
    sieve.take(text, false);
    return sieve.shown();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[c",
        "[0c",
        "[>c",
        "[>0c",
        "[=c",
        "[6n",
        "[?6n",
        "[5n",
        "[?25$p",
        "[4$p",
        "[>q",
        "[>0q",
        "[?u",
        "[18t",
        "[14t",
        "[x",
        "Z",
        "]11;?\u0007",
        "]10;?~",
        "]4;1;?~",
        "]52;c;?~",
        "P$qm~",
        "P+q544e~",
        "P0$qm~",
        "P+Q78~",
        "[?1;1;0S",
        "[?4m",
        "[1$w",
        "[1;1;1;1;2;2*y",
        "[&u",
        "[#R",
        "[\"v",
        "]10;?;?~",
        "]4;1;?;x;red;2~",
        "]21;foreground=?~",
        "_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA~"
      })
  void aQuestionIsKeptFromViewersAlsoWhereItIsCutAnywhere(String question) {
    String asked = ESC + question.replace("~", ESC + "\\");
    for (int at = 0; at <= asked.length(); at++) {
      Sieve sieve = new Sieve();
      String shown = sifted(sieve, "a" + asked.substring(0, at));
      String whole = sieve.whole();
      boolean was = sieve.asked();
      shown += sifted(sieve, asked.substring(at) + "b");
      whole += sieve.whole();
      assertThat(shown).isEqualTo("ab");
      assertThat(whole).isEqualTo("a" + asked + "b");
      assertThat(was || sieve.asked()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[31m",
        "[2J",
        "[?1049h",
        "[22;0t",
        "[>4;1m",
        "[>4n",
        "[1;5r",
        "[ q",
        "[!p",
        "]0;title?~",
        "]2;what;?~",
        "]8;;http://x/?~",
        "]52;c;YQ==~",
        "]4;1;#fff~",
        "P1;2q?~",
        "_Ga=T,f=100;iVBORw0KGgo=~",
        "_Gq=1,a=d~",
        "]11;?what~",
        "]11;#fff\u0018?~",
        "(B",
        "7",
        "[u"
      })
  void whatIsNoQuestionIsShownAsItIs(String sequence) {
    String said = "a" + ESC + sequence.replace("~", ESC + "\\") + "b";
    for (int at = 0; at <= said.length(); at++) {
      Sieve sieve = new Sieve();
      String shown = sifted(sieve, said.substring(0, at)) + sifted(sieve, said.substring(at));
      assertThat(shown).isEqualTo(said);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "]4;1;?;2;#fff~|]4;2;#fff~",
        "]4;2;#fff;1;?^|]4;2;#fff~",
        "]4;1;red;2;?;3;blue;4;?~|]4;1;red;3;blue~",
        "]5;0;?;1;red~|]5;1;red~",
        "]10;?;#000~|]11;#000~",
        "]10;red;?;#000~|]10;red~]12;#000~",
        "]19;?;red~|''",
        "]21;foreground=?;cursor=red~|]21;cursor=red~",
        "]4;?;#fff;2;?~|''",
      })
  void whatACommandSetsBesidesWhatItAsksIsShown(String both, String sets) {
    String end = ESC + "\\";
    String asked = ESC + both.replace("~", end).replace('^', '\u0007');
    String set = sets.replace("~", end).replace("]", ESC + "]");
    for (int at = 0; at <= asked.length(); at++) {
      Sieve sieve = new Sieve();
      String shown = sifted(sieve, "a" + asked.substring(0, at));
      String whole = sieve.whole();
      shown += sifted(sieve, asked.substring(at) + "b");
      assertThat(shown).isEqualTo("a" + set + "b");
      assertThat(whole + sieve.whole()).isEqualTo("a" + asked + "b");
    }
  }

  @Test
  void aQuestionIsKnownWhateverControlsAreInItsMidstAndTheyAreObeyed() {
    for (int at = 1; at < 4; at++) {
      String asked = new StringBuilder(ESC + "[6n").insert(at, "\r\u0000\n").toString();
      assertThat(sifted(new Sieve(), "a" + asked + "b")).isEqualTo("a\r\u0000\nb");
    }
    assertThat(sifted(new Sieve(), "a" + ESC + "]1\n1;\r?\u0007b")).isEqualTo("ab");
    assertThat(sifted(new Sieve(), "a" + ESC + "[0" + ";0".repeat(500) + "cb")).isEqualTo("ab");
  }

  @Test
  void anotherSequenceEndsAQuestionAndIsShown() {
    assertThat(sifted(new Sieve(), "a" + ESC + "]11;?" + ESC + "[1mb"))
        .isEqualTo("a" + ESC + "[1mb");
  }

  @Test
  void whateverComesNothingIsLostAndNothingIsHeldBackForEver() {
    long seed = new Random().nextLong();
    System.out.println("sieve: seed " + seed);
    Random random = new Random(seed);
    String alphabet = ESC + ESC + ESC + "[[]P;?$c6nqt0uxZ\\\u0007\u009b\u009c\u0005ab ";
    for (int round = 0; round < 2_000; round++) {
      Sieve sieve = new Sieve();
      StringBuilder said = new StringBuilder();
      List<String> whole = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        StringBuilder text = new StringBuilder();
        for (int j = random.nextInt(30); j >= 0; j--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        said.append(text);
        sieve.take(text.toString(), false);
        whole.add(sieve.whole());
        assertThat(sieve.asked()).isEqualTo(!sieve.whole().equals(sieve.shown()));
      }
      sieve.finish();
      whole.add(sieve.whole());
      assertThat(String.join("", whole)).as("seed %s", seed).isEqualTo(said.toString());
    }
    Sieve sieve = new Sieve();
    sieve.take(ESC + "P$q" + "x".repeat(5_000), false);
    assertThat(sieve.whole()).hasSize(5_004);
  }
}
