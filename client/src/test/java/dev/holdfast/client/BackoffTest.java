package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void waitsAreDoubledUpToTheMostWithARandomHalf() {
    Backoff longest = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1000), () -> 1.0);
    Backoff shortest = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1000), () -> 0.0);
    assertThat(longest.before(0)).hasMillis(100);
    assertThat(longest.before(1)).hasMillis(200);
    assertThat(longest.before(3)).hasMillis(800);
    assertThat(longest.before(4)).hasMillis(1000);
    assertThat(longest.before(Integer.MAX_VALUE)).hasMillis(1000);
    assertThat(shortest.before(1)).hasMillis(100);
  }
}
