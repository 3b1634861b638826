package dev.holdfast.kinds.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InputFilterTest {

  private static final String ESC = "\u001b";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "]0;x\u0007",
        "]1;x\u0007",
        "]2;x\u0007",
        "]4;1;red\u0007",
        "]10;red\u0007",
        "]11;red\u0007",
        "]52;c;YQ==\u0007",
        "P1q",
        "[!p",
        "[65;\"ls\"p",
        "[0;59p",
        "[62;1\"p",
        "[!\u0007p",
        "]\u00000;x\u0007",
        "]0\r;x\u0007",
        "];x\u0007"
      })
  void whatSetsATerminalUpIsRefusedInSevenBitsAndInEightAndInTwoPieces(String sequence) {
    String said = ESC + sequence;
    assertThat(new InputFilter().refuses("ls " + said)).isNotNull();
    char eight =
        (char) (sequence.charAt(0) == 'P' ? 0x90 : sequence.charAt(0) == '[' ? 0x9b : 0x9d);
    assertThat(new InputFilter().refuses(eight + sequence.substring(1))).isNotNull();
    for (int at = 1; at < said.length(); at++) {
      InputFilter filter = new InputFilter();
      String first = filter.refuses(said.substring(0, at));
      assertThat(first != null || filter.refuses(said.substring(at)) != null)
          .as("%s at %s", sequence, at)
          .isTrue();
    }
  }

  @Test
  void aSequenceIsKnownHoweverLongItsBeginningIs() {
    for (String sequence :
        List.of("[1" + ";1".repeat(5_000) + "!p", "]" + "0".repeat(5_000) + "2;x")) {
      InputFilter filter = new InputFilter();
      assertThat(filter.refuses(ESC + sequence.substring(0, 5_000))).isNull();
      assertThat(filter.refuses(sequence.substring(5_000))).isNotNull();
    }
  }

  @Test
  void whoseKeysHaveBegunOneTypesOn() {
    // Alt-] and a digit, as a person may press them.
    InputFilter filter = new InputFilter();
    assertThat(filter.refuses(ESC + "]4")).isNull();
    assertThat(filter.refuses(";")).isNotNull();
    assertThat(filter.refuses("\u0003")).isNull();
    assertThat(filter.refuses("x")).isNull();
    assertThat(filter.refuses(";")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[200~a paste with a p, ]0;x and P in it[201~", "[A", "OA", "[1;5C", "[3~", "[31m", "b",
        "[<0;10;20M", "[27;5;13~", "[97;5u", "[I", "[O", "]8;;http://x\u0007", "]133;A\u0007",
        "[?1;2c", "[24;80R"
      })
  void whatKeysSendIsNot(String sequence) {
    InputFilter filter = new InputFilter();
    assertThat(filter.refuses(ESC + sequence.replace("[201", ESC + "[201"))).isNull();
    assertThat(filter.refuses("ls -p\r")).isNull();
  }
}
