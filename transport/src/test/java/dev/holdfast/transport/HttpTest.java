package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HttpTest {

  private static final TransportSettings SHORT =
      new TransportSettings(
          "127.0.0.1",
          0,
          1,
          65_536,
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
  void aRefusalReachesAClientThatStillSends() throws IOException {
    try (Served served = new Served(SHORT);
        RawClient client = served.client()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n");
      client.send("x".repeat(200_000));
      assertThat(client.head()).startsWith("HTTP/1.1 413");
      assertThat(client.rest()).contains("\"code\":\"too_large\"");
    }
  }

  @Test
  void aMalformedTargetIsRefused() throws IOException {
    try (Served served = new Served(SHORT)) {
      assertThat(answer(served, "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 400");
      try (RawClient client = served.client()) {
        assertThat(client.upgrade("/%\"z")).startsWith("HTTP/1.1 400");
        assertThat(client.rest())
            .isEqualTo(
                "{\"error\":{\"code\":\"bad_request\","
                    + "\"message\":\"the request target is malformed\"}}");
      }
    }
  }

  @Test
  void aHundredRequestsSentAtOnceAreAnsweredInTheirOrder() throws IOException {
    HttpHandler echo =
        (request, reply) ->
            reply.send(200, Map.of(), request.path().getBytes(StandardCharsets.UTF_8));
    try (Served served = new Served(TransportSettings.DEFAULTS, echo);
        RawClient client = served.client()) {
      StringBuilder all = new StringBuilder();
      for (int i = 100; i < 200; i++) {
        all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      client.send(all.toString());
      for (int i = 100; i < 200; i++) {
        client.head();
        assertThat(client.body(4)).isEqualTo("/" + i);
      }
      assertThat(served.listener.traffic().requests()).isEqualTo(100);
    }
  }

  @Test
  void aClientThatDoesNotTakeItsAnswersIsCutOff() throws IOException {
    byte[] large = new byte[1_000_000];
    AtomicInteger handled = new AtomicInteger();
    HttpHandler handler =
        (request, reply) -> {
          handled.incrementAndGet();
          reply.send(200, Map.of(), large);
        };
    try (Served served = new Served(SHORT, handler);
        RawClient client = served.client()) {
      for (int i = 0; i < 100; i++) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      await().atMost(Duration.ofSeconds(5)).until(() -> served.listener.sockets() == 0);
      assertThat(handled).hasValueLessThan(50);
    }
  }

  @Test
  @DisplayName("HRD4 hundreds of silent and half-open sockets go away")
  void silentSocketsGoAway() throws IOException {
    TransportSettings d = TransportSettings.DEFAULTS;
    TransportSettings roomy =
        new TransportSettings(
            d.host(),
            0,
            1,
            65_536,
            65_536,
            1_000,
            600,
            SHORT.requestTimeout(),
            List.of(),
            List.of(),
            false,
            0,
            null);
    List<RawClient> silent = new ArrayList<>();
    try (Served served = new Served(roomy)) {
      for (int i = 0; i < 500; i++) {
        silent.add(served.client());
        if (i % 2 == 0) {
          silent.getLast().send("GET /ws HTTP/1.1\r\nUpgr");
        }
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> served.listener.traffic().accepted() == 500 && served.listener.sockets() == 0);
      try (RawClient late = served.client()) {
        assertThat(late.upgrade("/ws?token=ann")).startsWith("HTTP/1.1 101");
      }
    } finally {
      for (RawClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void withoutEpollItServesTheSame() throws IOException {
    HttpHandler echo = (request, reply) -> reply.send(200, Map.of(), request.body());
    try (Served served = new Served(TransportSettings.DEFAULTS, echo, false, new Served.NoFeeds());
        RawClient http = served.client();
        RawClient socket = served.client()) {
      http.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
      http.head();
      assertThat(http.body(2)).isEqualTo("ab");
      assertThat(socket.upgrade("/ws?token=ann")).startsWith("HTTP/1.1 101");
      assertThat(socket.next().text()).contains("\"type\":\"connected\"");
      socket.text("{\"type\":\"ping\"}");
      assertThat(socket.next().text()).isEqualTo("{\"type\":\"pong\"}");
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
      assertThat(five.head()).startsWith("HTTP/1.1 503").contains("retry-after: 5");
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
      assertThat(client.rest())
          .matches(
              "\\{\"error\":\\{\"code\":\"internal\",\"message\":\"internal error\","
                  + "\"error_id\":\"h[0-9a-z]+\"}}");
    }
  }

  @Test
  void aBodyThatComesPieceByPieceIsKnownToBeWhole() throws IOException {
    HttpHandler pieces =
        (request, reply) ->
            Thread.ofVirtual()
                .start(() -> {
                  HttpBody body =
                      reply.stream(
                          200,
                          request.path().equals("/known")
                              ? Map.of("content-length", "4")
                              : Map.of(),
                          () -> {});
                  try {
                    body.write("half".getBytes(StandardCharsets.UTF_8));
                    if (request.path().equals("/broken")) {
                      body.breakOff();
                    } else {
                      body.end();
                    }
                  } catch (IOException | InterruptedException e) {
                    body.breakOff();
                  }
                });
    String request = " HTTP/1.1\r\nHost: h\r\n\r\n";
    try (Served served = new Served(TransportSettings.DEFAULTS, pieces)) {
      try (RawClient client = served.client()) {
        client.send("GET /known" + request);
        assertThat(client.head()).contains("content-length: 4").doesNotContain("chunked");
        assertThat(client.rest()).isEqualTo("half");
      }
      try (RawClient client = served.client()) {
        client.send("HEAD /known HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(client.head()).contains("content-length: 4");
        assertThat(client.rest()).isEmpty();
      }
      try (RawClient client = served.client()) {
        client.send("GET /whole" + request);
        assertThat(client.head()).contains("chunked");
        assertThat(client.rest()).isEqualTo("4\r\nhalf\r\n0\r\n\r\n");
      }
      try (RawClient client = served.client()) {
        client.send("GET /broken" + request);
        client.head();
        assertThat(client.rest()).isEqualTo("4\r\nhalf\r\n");
      }
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
