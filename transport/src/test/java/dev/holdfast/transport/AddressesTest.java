package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

  private final Addresses addresses = new Addresses(List.of("10.0.0.0/8", "fd00::/8"));

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, '1.2.3.4', 1.2.3.4",
    "10.0.0.1, '6.6.6.6, 1.2.3.4', 1.2.3.4",
    "10.0.0.1, '6.6.6.6, 1.2.3.4, 10.9.9.9', 1.2.3.4",
    "10.0.0.1, '1.2.3.4, nonsense', 10.0.0.1",
    "10.0.0.1, '', 10.0.0.1",
    "fd00::1, '2001:db8::7', 2001:db8::7",
    "9.9.9.9, '1.2.3.4', 9.9.9.9",
  })
  void theLastAddressThatIsNoProxysCounts(String peer, String forwarded, String expected) {
    assertThat(addresses.of(new InetSocketAddress(peer, 1), List.of(forwarded)))
        .isEqualTo(expected);
  }

  @Test
  void aRangeWithoutBitsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Addresses(List.of("10.0.0.0")))
        .withMessageContaining("10.0.0.0");
  }
}
