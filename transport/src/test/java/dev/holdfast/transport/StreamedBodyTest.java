package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bodies that are read as they come. */
class StreamedBodyTest {

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
          List.of(),
          false,
          0,
          null);

  private final CountDownLatch go = new CountDownLatch(1);

  /** Counts what comes to {@code /in}, once it may. */
  private final class Counting implements HttpHandler {

    @Override
    public boolean streams(String method, String path) {
      return path.equals("/in");
    }

    @Override
    public void handle(HttpRequest request, HttpReply reply) {
      reply.send(200, Map.of(), "whole".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void handle(HttpRequest request, InputStream body, HttpReply reply) {
      AtomicLong count = new AtomicLong();
      try {
        go.await();
        for (byte[] some = body.readNBytes(999); some.length > 0; some = body.readNBytes(999)) {
          count.addAndGet(some.length);
        }
        reply.send(200, Map.of(), ("got " + count).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        reply.send(400, Map.of(), String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aBodyBeyondTheBoundArrivesWholeThoughItIsReadLate() throws Exception {
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send("PUT /in HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
      Thread.startVirtualThread(() -> {
        try {
          for (int i = 0; i < 5_000; i++) {
            client.send("x".repeat(1_000));
          }
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      go.countDown();
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.rest()).isEqualTo("got 5000000");
    }
  }

  @Test
  void aClientThatAsksIsToldToGoOn() throws Exception {
    go.countDown();
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send(
          "PUT /in HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100");
      client.send("3\r\nabc\r\n0\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.rest()).isEqualTo("got 3");
    }
  }

  @Test
  void aBodyThatDoesNotGoOnIsGivenUp() throws Exception {
    go.countDown();
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send("PUT /in HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
      assertThat(client.head()).startsWith("HTTP/1.1 400");
      assertThat(client.rest()).isEqualTo("the body does not go on");
    }
  }

  @Test
  void whatTrailsChunksIsNoneOfTheBodyAndNothingFollowsIt() throws Exception {
    go.countDown();
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send(
          "PUT /in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nContent-Length: 7\r\nX: y\r\n\r\n"
              + "GET /out HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      // The socket ends with the answer: what was sent behind the body is nobody's request.
      assertThat(client.rest()).isEqualTo("got 6");
    }
  }

  @Test
  void aBodyWhoseEndIsSaidInTwoWaysIsNotRead() throws Exception {
    go.countDown();
    try (Served served = new Served(SHORT, new Counting())) {
      for (String headers :
          List.of(
              "Transfer-Encoding: chunked\r\nContent-Length: 5",
              "Transfer-Encoding: gzip, chunked",
              "Transfer-Encoding: xchunked",
              "Content-Length: 5\r\nContent-Length: 5",
              "Content-Length: 5\r\nHost: other")) {
        try (RawClient client = served.client()) {
          client.send("PUT /in HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n0\r\n\r\n");
          assertThat(client.head()).as(headers).startsWith("HTTP/1.1 400");
          assertThat(client.rest()).as(headers).contains("bad_request");
        }
      }
    }
  }

  @Test
  void chunksThatAreNoneBreakTheBodyOff() throws Exception {
    go.countDown();
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send(
          "PUT /in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5\r\nhello\r\nwhat\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 400");
      assertThat(client.rest()).isEqualTo("the body broke off");
    }
  }

  @Test
  void otherRequestsAreMadeWholeAsEver() throws Exception {
    try (Served served = new Served(SHORT, new Counting());
        RawClient client = served.client()) {
      client.send("PUT /other HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.body(5)).isEqualTo("whole");
      client.send("PUT /other HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 413");
    }
  }
}
