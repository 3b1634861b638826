package dev.holdfast.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void aTimeIsCountedUnderTheFirstBoundThatItDoesNotExceed() {
    assertThat(Latencies.bucket(-1)).isZero();
    assertThat(Latencies.bucket(0)).isZero();
    assertThat(Latencies.bucket(1_000)).isZero();
    assertThat(Latencies.bucket(1_001)).isEqualTo(1);
    assertThat(Latencies.bucket(2_000)).isEqualTo(1);
    assertThat(Latencies.bucket(2_001)).isEqualTo(2);
    assertThat(Latencies.bucket(4_001)).isEqualTo(3);
    assertThat(Latencies.bucket(1_000_000_000)).isEqualTo(20);
    assertThat(Latencies.bucket(Long.MAX_VALUE)).isEqualTo(21);
  }
}
