package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpTest {

  private static final TransportSettings SHORT =
      new TransportSettings(
          "127.0.0.1",
          0,
          1,
          65_536,
          1_000,
          4,
          Duration.ofMillis(300),
          List.of(),
          List.of("127.0.0.0/8"),
          false,
          0,
          null);

  @Test
  void requestsOnOneSocketAreAnsweredInTheirOrder() throws IOException {
    HttpHandler later =
        (request, reply) -> {
          byte[] path = request.path().getBytes(StandardCharsets.UTF_8);
          Thread.ofVirtual().start(() -> reply.send(200, Map.of(), path));
        };
    try (Served served = new Served(TransportSettings.DEFAULTS, later);
        RawClient client = served.client()) {
      client.send(
          "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"
              + "HEAD /c HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200").containsIgnoringCase("nosniff");
      assertThat(client.body(2)).isEqualTo("/a");
      client.head();
      assertThat(client.body(2)).isEqualTo("/b");
      assertThat(client.head()).containsIgnoringCase("content-length: 2");
    }
  }

  @Test
  void whatIsTooLargeOrNotHttpIsRefused() throws IOException {
    try (Served served = new Served(SHORT)) {
      assertThat(answer(served, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"))
          .startsWith("HTTP/1.1 413");
      assertThat(answer(served, "GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
          .startsWith("HTTP/1.1 414");
      assertThat(
              answer(served, "GET / HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(17_000) + "\r\n\r\n"))
          .startsWith("HTTP/1.1 431");
      assertThat(answer(served, "what is this\r\n\r\n")).startsWith("HTTP/1.1 400");
    }
  }

  private static String answer(Served served, String request) throws IOException {
    try (RawClient client = served.client()) {
      client.send(request);
      return client.head();
    }
  }

  @Test
  void aRequestThatDoesNotArriveInTimeIsCutOff() throws IOException {
    try (Served served = new Served(SHORT);
        RawClient slow = served.client();
        RawClient silent = served.client()) {
      slow.send("GET / HTTP/1.1\r\nHo");
      assertThat(slow.closed()).isTrue();
      assertThat(silent.closed()).isTrue();
    }
  }

  @Test
  void moreSocketsThanAllowedAreNotServed() throws IOException {
    try (Served served = new Served(SHORT);
        RawClient one = served.client();
        RawClient two = served.client();
        RawClient three = served.client();
        RawClient four = served.client();
        RawClient five = served.client()) {
      assertThat(five.closed()).isTrue();
      assertThat(List.of(one, two, three, four)).allSatisfy(c -> assertThat(c.closed()).isTrue());
    }
  }

  @Test
  void aFaultIsAnsweredWithAnErrorIdAlone() throws IOException {
    HttpHandler broken =
        (request, reply) -> {
          throw new IllegalStateException("a fault on purpose");
        };
    try (Served served = new Served(TransportSettings.DEFAULTS, broken);
        RawClient client = served.client()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 500");
    }
  }

  @Test
  void onlyATrustedProxySpeaksForAnotherAddress() throws IOException {
    HttpHandler ip =
        (request, reply) ->
            reply.send(200, Map.of(), request.ip().getBytes(StandardCharsets.UTF_8));
    String request = "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n\r\n";
    try (Served trusting = new Served(SHORT, ip);
        RawClient client = trusting.client()) {
      client.send(request);
      client.head();
      assertThat(client.body(7)).isEqualTo("1.2.3.4");
    }
    try (Served careful = new Served(TransportSettings.DEFAULTS, ip);
        RawClient client = careful.client()) {
      client.send(request);
      client.head();
      assertThat(client.body(9)).isEqualTo("127.0.0.1");
    }
  }
}
