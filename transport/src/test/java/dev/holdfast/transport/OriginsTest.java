package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {

  private static final InetSocketAddress PUBLIC = new InetSocketAddress("0.0.0.0", 0);
  private static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 0);

  @ParameterizedTest
  @CsvSource({
    "http://a.example:8079, a.example:8079, true",
    "http://a.example:80, a.example, true",
    "http://a.example, a.example:80, true",
    "http://a.example:443, a.example, false",
    "http://a.example, b.example, false",
    "http://a.example.b.example, a.example, false",
    "http://a.example:8079, a.example, false",
    "https://a.example, a.example, false",
    "https://app.example, a.example, true",
    "https://app.example:443, a.example, true",
    "https://app.example:444, a.example, false",
    "null, a.example, false",
  })
  @DisplayName("CON9 an origin must match scheme, host and port, or be on the list")
  void anOriginMustMatchExactly(String origin, String host, boolean allowed) {
    Origins origins = new Origins(List.of("https://app.example"), false, PUBLIC);
    assertThat(origins.allow(List.of(origin), List.of(host))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8079, true",
    "127.0.0.1:8079, true",
    "[::1]:8079, true",
    "evil.example:8079, false",
    "localhost.evil.example:8079, false",
  })
  void onLoopbackANameThatWasMadeToLeadHereIsNoHost(String host, boolean allowed) {
    Origins origins = new Origins(List.of(), false, LOOPBACK);
    assertThat(origins.allow(List.of("http://" + host), List.of(host))).isEqualTo(allowed);
  }

  @Test
  void twoOriginsOrHostsAreNone() {
    Origins origins = new Origins(List.of(), false, PUBLIC);
    List<String> one = List.of("http://a");
    assertThat(origins.allow(List.of("http://a", "http://a"), List.of("a"))).isFalse();
    assertThat(origins.allow(one, List.of("a", "a"))).isFalse();
    assertThat(origins.allow(one, List.of())).isFalse();
    assertThat(origins.allow(List.of(), List.of())).isTrue();
  }
}
