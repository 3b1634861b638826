package dev.holdfast.kinds.terminal;

import static org.assertj.core.api.Assertions.assertThat;

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
        "[0;59p"
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
