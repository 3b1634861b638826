package dev.holdfast.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  @Test
  void aPositionIsReadFromItsOwnText() {
    Position position = new Position(-5, 42);
    assertThat(Position.parse(position.toString())).contains(position);
    assertThat(new Position(36, 7)).hasToString("10:7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "a:", ":1", "0:1", "a:-1", "a:b", "ä:1", "a:1:2", "a 1"})
  void whatIsNotAPositionIsNotTakenForOne(String text) {
    assertThat(Position.parse(text)).isEmpty();
  }

  @Test
  void aFeedIsNamedByKindAndName() {
    assertThat(FeedId.parse("channel:user:ann")).contains(new FeedId("channel", "user:ann"));
    assertThat(new FeedId("channel", "user:ann")).hasToString("channel:user:ann");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "channel", "channel:", ":a", "Channel:a", "channel:a b", "c1:a"})
  void whatIsNotAFeedIdIsNotTakenForOne(String text) {
    assertThat(FeedId.parse(text)).isEmpty();
  }

  @Test
  void misuseIsAnException() {
    assertThatThrownBy(() -> new Position(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FeedId("x", "a\nb")).isInstanceOf(IllegalArgumentException.class);
  }
}
