package dev.holdfast.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TracesTest {

  private static final String LEAVES = "\033[?1049l";

  private static String undone(String... shown) {
    Traces traces = new Traces();
    for (String text : shown) {
      traces.notice(text);
    }
    return traces.undone();
  }

  @Test
  void theOtherScreenIsLeftOnlyWhereItIsShown() {
    assertThat(undone("hello")).doesNotContain(LEAVES);
    assertThat(undone("\033[?1049h")).startsWith(LEAVES);
    assertThat(undone("\033[?104", "9h")).startsWith(LEAVES);
    assertThat(undone("\033[?1;1049;2004hx")).startsWith(LEAVES);
    assertThat(undone("\033[?1049hx\033[?1049l")).doesNotContain(LEAVES);
    assertThat(undone("\033[?47h\033c")).doesNotContain(LEAVES);
    assertThat(undone("\033c\033[?1047h")).startsWith(LEAVES);
    assertThat(undone("\033[?2004h")).doesNotContain(LEAVES);
  }

  @Test
  void coloursAreForgottenOnlyWhereTheyWereChanged() {
    assertThat(undone("\033[31mred\033]2;title\007")).doesNotContain("\033]104");
    assertThat(undone("\033]11;#123456\007")).contains("\033]104", "\033]111");
  }
}
