package dev.holdfast.kinds.terminal.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScreenTest {

  private static final String ESC = "\u001b";
  private static final String CSI = "\u001b[";

  private final List<String> answers = new ArrayList<>();

  private Screen screen(int rows, int cols) {
    return new Screen(rows, cols, 50, answers::add);
  }

  private String shown(String text) {
    Screen screen = screen(4, 10);
    screen.write(text);
    return Described.text(screen).replace("\n", "|");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "one\\r\\ntwo,one|two",
        "0123456789abc,0123456789|abc",
        "0123456789\\r\\nabc,0123456789|abc",
        "1\\r\\n2\\r\\n3\\r\\n4\\r\\n5,2|3|4|5",
        "abc\\b\\bX,aXc",
        "a\\tb,a       b",
        "\\e[2;3Hx,|  x",
        "abc\\e[2D\\e[K,a",
        "abcdef\\e[3D\\e[2P,abcf",
        "abc\\e[2D\\e[2@,a  bc",
        "abc\\e[3D\\e[X,` bc`",
        "1\\r\\n2\\r\\n3\\e[2;1H\\e[L,1||2|3",
        "1\\r\\n2\\r\\n3\\e[2;1H\\e[M,1|3",
        "1\\r\\n2\\r\\n3\\r\\n4\\e[2;3r\\e[3;1H\\n,1|3||4",
        "a\\e[?1049hb\\e[?1049l,a",
        "ab\\e7cd\\e[?1049lX,abXd",
        "a\\e7\\e[3;3Hb\\e8c,ac||  b",
        "\\e(0qx\\e(Bq,─│q",
        "\u4e2d\u6587x,\u4e2d\u6587x",
        "012345678\u4e2d,012345678|\u4e2d",
        "\u4e2d\u6587\\e[2GX,` X\u6587`",
        "e\u0301x,e\u0301x",
        "-\\e[4b,-----",
        "\\e]2;title\\e\\\\word,word",
        "\\e]2;title\\aword,word",
        "\\ePq#0;1\\e\\\\word,word",
        "\\e[?7l0123456789abc,012345678c",
        "\\e[4hab\\e[1Gx,xab",
        "\\e[38;2;1;2;3mx\\e[m,x",
        "\\e[1\\n;5Hx,`    x`",
        "abc\\e[1J,",
        "a\\e[ \ud83d\ude00b,ab",
        "a\\e\ud83d\ude00b,ab",
        "\\e#8\\e[2J,",
      })
  void writes(String text, String expected) {
    String what = text.replace("\\e", ESC).replace("\\r", "\r").replace("\\n", "\n");
    what = what.replace("\\b", "\b").replace("\\t", "\t").replace("\\a", "\u0007");
    what = what.replace("\\\\", "\\");
    assertThat(shown(what)).isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @CsvSource({
    "[c, '[?62;22c'",
    "[>c, '[>0;276;0c'",
    "[6n, '[1;1R'",
    "[5n, '[0n'",
    "[?25$p, '[?25;1$y'",
    "[18t, '[8;4;10t'",
    "P$qm~, 'P1$r0m~'",
    "P+q544e~, 'P0+r~'",
    "]11;#102030~, ",
    "[>q, 'P>|holdfast~'",
  })
  void answersWhatAProgramAsks(String question, String answer) {
    screen(4, 10).write(ESC + question.replace("~", ESC + "\\"));
    String expected = answer == null ? "" : ESC + answer.replace("~", ESC + "\\");
    assertThat(String.join("", answers)).isEqualTo(expected);
  }

  @Test
  void aColourThatAProgramSetIsToldToIt() {
    Screen screen = screen(4, 10);
    screen.write(ESC + "]11;?" + ESC + "\\");
    assertThat(answers).isEmpty();
    screen.write(ESC + "]11;#102030\u0007" + ESC + "]11;?\u0007");
    assertThat(answers).containsExactly(ESC + "]11;rgb:1010/2020/3030" + ESC + "\\");
  }

  @ParameterizedTest
  @CsvSource({
    "#fff,rgb:f0f0/f0f0/f0f0",
    "#102030405060,rgb:1010/3030/5050",
    "rgb:f/0/8,rgb:ffff/0000/8888",
    "rgb:ffff/8000/1234,rgb:ffff/7f7f/1212",
    "red,",
    "#12345,",
    "rgb:1/2,",
  })
  void aColourIsToldAsTerminalsTellOfIt(String set, String told) {
    Screen screen = screen(4, 10);
    screen.write(ESC + "]4;7;" + set + "\u0007" + ESC + "]4;7;?\u0007");
    assertThat(String.join("", answers))
        .isEqualTo(told == null ? "" : ESC + "]4;7;" + told + ESC + "\\");
  }

  @Test
  void nothingThatWasWrittenToAScreenIsTypedByIt() {
    long seed = new Random().nextLong();
    System.out.println("answers: seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Screen screen = screen(4, 10);
      String evil = random.nextBoolean() ? "\nevil\n" : "evil";
      String number = Integer.toString(random.nextInt(20));
      String value = random.nextBoolean() ? evil : random.nextInt(9) + ";" + evil;
      String which = random.nextBoolean() ? number : number + ";" + evil;
      screen.write(
          ESC + "]" + number + ";" + value + (random.nextBoolean() ? "\u0007" : ESC + "\\"));
      screen.write(ESC + "]" + which + ";?\u0007" + ESC + "]" + number + ";" + value + ";?\u0007");
      screen.write(ESC + "P$q" + evil + ESC + "\\" + ESC + "P+q" + evil + ESC + "\\");
      screen.write(CSI + random.nextInt(30) + "t" + CSI + "?" + random.nextInt(99) + "n");
    }
    assertThat(String.join("", answers)).doesNotContain("evil").doesNotContain("\n");
  }

  @Test
  void aColourIsPaintedAsItWasNamed() {
    // Terminals show the first of them brighter where it is bold.
    for (String named : List.of("34", "38;5;4", "94", "38;5;12", "38;5;200", "38;2;1;2;3", "107")) {
      Screen screen = screen(4, 10);
      screen.write(CSI + "1;" + named + "mx");
      assertThat(screen.paint()).contains(CSI + "0;1;" + named + "mx");
    }
  }

  @Test
  void aSoftResetLeavesPastesWithoutBrackets() {
    Screen screen = screen(4, 10);
    screen.write(CSI + "?2004;1004;45h" + CSI + "!p");
    assertThat(screen.paint()).doesNotContain("2004").doesNotContain("1004").doesNotContain("45");
  }

  @Test
  void whatIsPaintedAsksNothing() {
    Screen screen = screen(4, 10);
    screen.write(ESC + "]10;?;?\u0007" + ESC + "]4;?;?\u0007" + ESC + "]11;a?b\u0007");
    screen.write(ESC + "]10;red;#123456\u0007");
    assertThat(screen.paint()).doesNotContain("?;").doesNotContain(";?").contains("]11;#123456");
  }

  @Test
  void aLineThatLeavesIsKeptAndComesBackWhenThereIsRoom() {
    Screen screen = screen(2, 10);
    screen.write("1\r\n2\r\n3");
    assertThat(screen.buffers().main().grid().past()).hasSize(1);
    screen.resize(3, 10);
    assertThat(Described.text(screen)).isEqualTo("1\n2\n3");
    assertThat(screen.cursor().row()).isEqualTo(2);
    screen.resize(1, 2);
    assertThat(Described.text(screen)).isEqualTo("3");
  }

  @Test
  void whatIsDoubtfulIsCertainOnceItHasBeenReplaced() {
    Screen screen = screen(2, 10);
    screen.doubt();
    screen.write("1\r\n2\r\n");
    assertThat(screen.certain()).isFalse();
    screen.write("3\r\n");
    assertThat(screen.certain()).isTrue();
    screen.doubt();
    screen.write(CSI + "2J");
    assertThat(screen.certain()).isTrue();
  }

  @Test
  void whatPaintsItMakesAnotherShowTheSameWhereverItIsTaken() {
    long seed = new Random().nextLong();
    System.out.println("screens: seed " + seed);
    for (int i = 0; i < 20_000; i++) {
      paintedAnywhere(seed + i);
    }
  }

  private void paintedAnywhere(long seed) {
    Random random = new Random(seed);
    Screen all = screen(1 + random.nextInt(8), 1 + random.nextInt(20));
    int pieces = 1 + random.nextInt(60);
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      piece(random, all, said, all);
    }
    Screen painted = screen(all.rows(), all.cols());
    String paint = all.paint();
    painted.write(paint);
    String why = "seed " + seed + " after " + visible(said) + " painted " + visible(paint);
    assertThat(Described.of(painted)).as(why).isEqualTo(Described.of(all));
    for (int i = random.nextInt(20); i > 0; i--) {
      piece(random, all, said, painted);
      assertThat(Described.of(painted))
          .as("seed " + seed + " rest " + visible(said) + " painted " + visible(paint))
          .isEqualTo(Described.of(all));
    }
  }

  private static String visible(CharSequence text) {
    return text.toString().replace(ESC, "\\e").replace("\n", "\\n").replace("\r", "\\r");
  }

  private void piece(Random random, Screen one, StringBuilder said, Screen other) {
    if (random.nextInt(40) == 0) {
      int rows = 1 + random.nextInt(8);
      int cols = 1 + random.nextInt(20);
      said.append("<").append(rows).append('x').append(cols).append('>');
      one.resize(rows, cols);
      if (!one.equals(other)) {
        other.resize(rows, cols);
      }
      return;
    }
    String text = random(random);
    if (random.nextInt(10) == 0) {
      // In the midst of a sequence.
      text =
          text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2));
    }
    said.append(text);
    one.write(text);
    if (!one.equals(other)) {
      other.write(text);
    }
  }

  private static final String[] TEXTS = {
    "a",
    "hello",
    "0123456789abcdef",
    " ",
    "\u4e2d",
    "\u4e2d\u6587",
    "\u00e9",
    "e\u0301",
    "\u0301",
    "\ud83d\ude00",
    "\r\n",
    "\n",
    "\r",
    "\b",
    "\t",
    "\u000e",
    "\u000f",
    "\u0007",
    "x\r\ny\r\n",
    ESC + "7",
    ESC + "8",
    ESC + "D",
    ESC + "E",
    ESC + "H",
    ESC + "M",
    ESC + "N",
    ESC + "O",
    ESC + "n",
    ESC + "o",
    ESC + "=",
    ESC + ">",
    ESC + "(0",
    ESC + ")0",
    ESC + "(B",
    ESC + "*A",
    ESC + "#8",
    "\u009b2J",
    "\u0085",
    "\u008d",
    "#q~_",
    ESC,
    "\u0018"
  };
  private static final String FINALS = "@ABCDEFGHIJKLMPSTXZ`abcdefghlmnrstuqmmmHHHh";
  private static final int[] MODES = {
    1, 5, 6, 6, 7, 7, 9, 12, 25, 47, 1000, 1002, 1003, 1004, 1005, 1006, 1047, 1048, 1049, 1049,
    2004, 4, 20
  };

  private static String random(RandomGenerator random) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> TEXTS[random.nextInt(TEXTS.length)];
      case 4, 5, 6 -> CSI + params(random) + FINALS.charAt(random.nextInt(FINALS.length()));
      case 7 ->
          CSI
              + (random.nextInt(5) == 0 ? "" : "?")
              + MODES[random.nextInt(MODES.length)]
              + (random.nextBoolean() ? "h" : "l");
      case 8 ->
          switch (random.nextInt(8)) {
            case 0 -> CSI + random.nextInt(7) + " q";
            case 1 -> CSI + ">" + random.nextInt(32) + "u";
            case 2 -> CSI + "<" + random.nextInt(3) + "u";
            case 3 -> CSI + "=" + random.nextInt(32) + ";" + (1 + random.nextInt(3)) + "u";
            case 4 -> CSI + ">4;" + random.nextInt(3) + "m";
            case 5 -> CSI + (22 + random.nextInt(2)) + ";2t";
            case 6 -> CSI + "!p";
            default ->
                CSI + "38;5;" + random.nextInt(256) + ";48;2;1;2;" + random.nextInt(256) + "m";
          };
      default ->
          switch (random.nextInt(6)) {
            case 0 -> ESC + "]2;t" + random.nextInt(9) + "\u0007";
            case 1 -> ESC + "]4;" + random.nextInt(16) + ";#123456" + ESC + "\\";
            case 2 -> ESC + "]104;" + random.nextInt(16) + ESC + "\\";
            case 3 -> ESC + "P1;2q#0" + ESC + "\\";
            case 4 -> random.nextInt(20) == 0 ? ESC + "c" : ESC + "_what" + ESC + "\\";
            default -> CSI + "4:" + random.nextInt(6) + ";58:2::1:2:3;9m";
          };
    };
  }

  private static String params(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1, 2 -> Integer.toString(random.nextInt(12));
      case 3 -> random.nextInt(9) + ";" + random.nextInt(22);
      default -> random.nextInt(110) + ";" + random.nextInt(110);
    };
  }
}
