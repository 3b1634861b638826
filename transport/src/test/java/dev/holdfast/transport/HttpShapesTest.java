package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of odd shapes, which something in front of the gateway might read otherwise. */
class HttpShapesTest {

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  private final HttpHandler recording =
      (request, reply) -> {
        seen.add(
            request.method()
                + " "
                + request.path()
                + " "
                + new String(request.body(), StandardCharsets.UTF_8));
        reply.send(200, Map.of(), new byte[0]);
      };

  private String answers(String request) throws IOException {
    try (Served served = new Served(TransportSettings.DEFAULTS, recording);
        RawClient client = served.client()) {
      client.send(request.replace("~", "\r\n"));
      return client.rest();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 5~Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked~Content-Length: 5",
        "Content-Length: 5~Content-Length: 6",
        "Content-Length: 5~Content-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 99999999999999999999",
        "Content-Length : 5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked~Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked~Transfer-Encoding: identity",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: ",
        "Host: h",
      })
  void whereABodyEndsIsSaidInOneWayOnly(String headers) throws IOException {
    String answer =
        answers(
            "POST /a HTTP/1.1~Host: h~"
                + headers
                + "~~0~~GET /b HTTP/1.1~Host: h~~"
                + "GET /c HTTP/1.1~Host: h~Connection: close~~");
    assertThat(seen).as(headers).isEmpty();
    assertThat(answer).startsWith("HTTP/1.1 400").containsOnlyOnce("HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5~hello~0~~                       | hello",
        "05;a=b~hello~0~X: y~Host: z~~     | hello",
        "1~h~4~ello~0~~                    | hello",
      })
  void chunksAreJoinedAndWhatTrailsThemIsNoHeader(String chunks, String body) throws IOException {
    String answer =
        answers(
            "POST /a HTTP/1.1~Host: h~Transfer-Encoding: chunked~~"
                + chunks
                + "GET /b HTTP/1.1~Host: h~Connection: close~~");
    assertThat(seen).containsExactly("POST /a " + body, "GET /b ");
    assertThat(answer).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-5~hello~0~~",
        "0x5~hello~0~~",
        "5~hello0~~",
        "5hello~0~~",
        "FFFFFFFFFFFFFFFFF~hello~0~~",
        "~hello~0~~",
        "g~hello~0~~",
      })
  void chunksThatAreNoneEndTheConnection(String chunks) throws IOException {
    String answer =
        answers(
            "POST /a HTTP/1.1~Host: h~Transfer-Encoding: chunked~~"
                + chunks
                + "GET /b HTTP/1.1~Host: h~Connection: close~~");
    assertThat(seen).as(chunks).isEmpty();
    assertThat(answer).startsWith("HTTP/1.1 400").containsOnlyOnce("HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1~X: y~~              | 400",
        "GET / HTTP/1.1~Host: h~Host: i~~   | 400",
        "GET / HTTP/1.0~Host: h~Host: i~~   | 400",
        "GET / HTTP/1.0~~                   | 200",
        "GET / HTTP/1.0~Connection: keep-alive~~ | 200",
        "POST / HTTP/1.0~Transfer-Encoding: chunked~~5~hello~0~~ | 400",
        "PRI * HTTP/2.0~~SM~~               | 505",
        "GET / HTTP/3.0~Host: h~~           | 505",
        "GET / HTTP/0.9~~                   | 505",
        "GET /~~                            | 400",
        "GET /a b HTTP/1.1~Host: h~~        | 400",
        "GET / HTTP/1.1 ~Host: h~~          | 400",
        "G\u0000T / HTTP/1.1~Host: h~~      | 400",
        "GET / HTTP/1.1~Host: h~X:\u0000~~  | 400",
        "GET / HTTP/1.1~Host: h~: y~~       | 400",
        "GET / HTTP/1.1~Host: h~no colon~~  | 400",
      })
  void whatIsNoRequestIsRefusedAndTheConnectionEnds(String request, int status) throws IOException {
    assertThat(answers(request)).as(request).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void aBodyThatIsTooLargeToBeAskedForIsRefusedInItsTurn() throws IOException {
    HttpHandler late =
        (request, reply) ->
            Thread.ofVirtual()
                .start(() ->
                    reply.send(200, Map.of(), request.path().getBytes(StandardCharsets.UTF_8)));
    try (Served served = new Served(TransportSettings.DEFAULTS, late);
        RawClient client = served.client()) {
      client.send(
          "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
              + "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999999\r\n"
              + "Expect: 100-continue\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.body(2)).isEqualTo("/a");
      assertThat(client.head()).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aClientThatKnowsNoChunksSeesTheEndOfABodyInThatOfTheSocket() throws IOException {
    HttpHandler pieces =
        (request, reply) ->
            Thread.ofVirtual()
                .start(() -> {
                  HttpBody body = reply.stream(200, Map.of(), () -> {});
                  try {
                    body.write("half".getBytes(StandardCharsets.UTF_8));
                    body.write("half".getBytes(StandardCharsets.UTF_8));
                    body.end();
                  } catch (IOException | InterruptedException e) {
                    body.breakOff();
                  }
                });
    try (Served served = new Served(TransportSettings.DEFAULTS, pieces);
        RawClient client = served.client()) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      assertThat(client.head()).doesNotContain("chunked");
      assertThat(client.rest()).isEqualTo("halfhalf");
    }
  }

  @Test
  void aHeadIsAnsweredAtOnceThoughTheBodyWouldGoOnForEver() throws IOException {
    HttpHandler endless =
        (request, reply) ->
            Thread.ofVirtual()
                .start(() -> {
                  HttpBody body = reply.stream(200, Map.of(), () -> {});
                  try {
                    while (body.open()) {
                      body.write("more".getBytes(StandardCharsets.UTF_8));
                    }
                    body.end();
                  } catch (IOException | InterruptedException e) {
                    body.breakOff();
                  }
                });
    try (Served served = new Served(TransportSettings.DEFAULTS, endless);
        RawClient client = served.client()) {
      client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
      client.send("HEAD /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(client.rest()).isEmpty();
    }
  }
}
