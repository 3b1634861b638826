package dev.holdfast.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangesTest {

  @Test
  void everyHalfMinuteAllIsToldAndBetweenThemWhatHasChanged() {
    Changes changes = new Changes();
    for (int second = 0; second < 100; second++) {
      String moved = Integer.toString(second);
      assertThat(changes.of(Map.of("still", "1", "moved", moved)))
          .as("at " + second)
          .isEqualTo(
              second % 30 == 0 ? Map.of("still", "1", "moved", moved) : Map.of("moved", moved));
    }
  }
}
