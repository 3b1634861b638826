package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

final class TypedTest {

  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream program = new ByteArrayOutputStream();
  private int room = Integer.MAX_VALUE;

  private int write(byte[] data, int from, int most) {
    int some = Math.min(most, room);
    program.write(data, from, some);
    room -= some;
    return some;
  }

  @Test
  void whatIsTypedFasterThanTheRateWaitsAndNothingIsLost() {
    Typed typed = new Typed(10, 20, 0);
    assertThat(typed.add("0123456789".repeat(5).getBytes(UTF_8))).isTrue();
    assertThat(typed.write(this::write, 0)).isEqualTo(20);
    assertThat(typed.due()).isBetween(1L, SECOND);
    assertThat(typed.write(this::write, SECOND)).isEqualTo(10);
    assertThat(typed.write(this::write, 10 * SECOND)).isEqualTo(20);
    assertThat(typed.isEmpty()).isTrue();
    assertThat(typed.due()).isEqualTo(Long.MAX_VALUE);
    assertThat(program.toString(UTF_8)).isEqualTo("0123456789".repeat(5));
  }

  @Test
  void whatAProgramHasNoRoomForIsWrittenOnceItHas() {
    Typed typed = new Typed(0, 1, 0);
    room = 3;
    assertThat(typed.add("hello".getBytes(UTF_8))).isTrue();
    assertThat(typed.write(this::write, 0)).isEqualTo(3);
    assertThat(typed.full()).isTrue();
    assertThat(typed.due()).isEqualTo(Long.MAX_VALUE);
    room = 100;
    assertThat(typed.write(this::write, 0)).isEqualTo(2);
    assertThat(typed.full()).isFalse();
    assertThat(program.toString(UTF_8)).isEqualTo("hello");
    assertThat(typed.add(new byte[Typed.MOST])).isTrue();
    assertThat(typed.add(new byte[1])).isFalse();
  }
}
