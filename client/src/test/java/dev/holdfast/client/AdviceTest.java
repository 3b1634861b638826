package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdviceTest {

  @ParameterizedTest
  @ValueSource(ints = {1002, 1007, 1009, 4000, 4003, 4004, 4009})
  void whatCantSucceedIsNotTriedAgain(int code) {
    assertThat(Advice.afterClose(code).again()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1000, 1001, 1006, 1011, 4001, 4005, 4008})
  void whatMaySucceedIsTriedAgain(int code) {
    assertThat(Advice.afterClose(code)).isEqualTo(new Advice(true, Duration.ZERO));
  }

  @Test
  void whereThereIsNoRoomSomeTimePasses() {
    assertThat(Advice.afterClose(4013)).isEqualTo(new Advice(true, Duration.ofSeconds(5)));
  }
}
