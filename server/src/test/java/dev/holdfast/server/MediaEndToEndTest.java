package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MediaEndToEndTest {

  private static final int LENGTH = 200_000;

  private static byte[] photo() {
    byte[] photo = new byte[LENGTH];
    new Random(7).nextBytes(photo);
    photo[0] = (byte) 0xff;
    photo[1] = (byte) 0xd8;
    photo[2] = (byte) 0xff;
    return photo;
  }

  /** Has a device upload it; returns where it is. */
  private static String uploaded(Running running, byte[] photo) throws Exception {
    Running.Client device = running.connect("/ws/device");
    device.say(
        """
        {"type":"register","device_id":"cam","device_info":{"capabilities":["camera_snap"]}}\
        """);
    device.next("connected");
    device.next("registered");
    assertThat(
            running.post("/api/devices/cam/commands", "{\"command\":\"camera_snap\"}").statusCode())
        .isEqualTo(202);
    JsonNode upload = device.next("command").get("upload");
    HttpResponse<String> stored =
        running.http.send(
            HttpRequest.newBuilder(
                    URI.create("http://" + running.base() + upload.get("url").asString()))
                .header("content-type", "image/jpeg")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(photo))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(stored.statusCode()).isEqualTo(201);
    return Running.JSON.readTree(stored.body()).get("url").asString();
  }

  private static HttpResponse<byte[]> read(
      Running running, String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + running.base() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return running.http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  private record Part(String range, int first, int last) {}

  @Test
  void aPartOfARecordingIsSentWhereOneIsAskedFor() throws Exception {
    byte[] photo = photo();
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo);
      List<Part> parts =
          List.of(
              new Part("bytes=0-0", 0, 0),
              new Part("bytes=0-", 0, LENGTH - 1),
              new Part("bytes=70000-140001", 70_000, 140_001),
              new Part("bytes=199999-", LENGTH - 1, LENGTH - 1),
              new Part("bytes=199999-200000", LENGTH - 1, LENGTH - 1),
              new Part("BYTES=5-" + "9".repeat(40), 5, LENGTH - 1),
              new Part("bytes=000000000000000000000000005-6", 5, 6),
              new Part("bytes=-1", LENGTH - 1, LENGTH - 1),
              new Part("bytes=-200001", 0, LENGTH - 1),
              new Part("bytes=-" + "9".repeat(40), 0, LENGTH - 1),
              new Part("bytes= 1-2 , ,", 1, 2));
      for (Part part : parts) {
        HttpResponse<byte[]> response = read(running, "GET", path, "range", part.range());
        assertThat(response.statusCode()).as(part.range()).isEqualTo(206);
        assertThat(header(response, "content-range"))
            .isEqualTo("bytes " + part.first() + "-" + part.last() + "/" + LENGTH);
        assertThat(response.body())
            .as(part.range())
            .isEqualTo(Arrays.copyOfRange(photo, part.first(), part.last() + 1));
        assertThat(header(response, "content-type")).isEqualTo("image/jpeg");
      }
    }
  }

  @Test
  void allOfItIsSentWhereNoPartIsAskedForThatCouldBeSent() throws Exception {
    byte[] photo = photo();
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo);
      for (String range :
          List.of(
              "bytes=2-1",
              "bytes=0-1,5-6",
              "bytes=-",
              "bytes=",
              "bytes",
              "bytes=a-b",
              "bytes=1",
              "bytes=+1-2",
              "bytes=1--2",
              "bytes=0x1-0x2",
              "bytes=1-2-3",
              "bytes=1 -2",
              "pages=1-2",
              "1-2")) {
        HttpResponse<byte[]> response = read(running, "GET", path, "range", range);
        assertThat(response.statusCode()).as(range).isEqualTo(200);
        assertThat(response.body()).as(range).isEqualTo(photo);
        assertThat(header(response, "content-range")).isEqualTo("none");
        assertThat(header(response, "accept-ranges")).isEqualTo("bytes");
      }
    }
  }

  @Test
  void whatIsBehindTheEndIsRefusedWithTheLength() throws Exception {
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo());
      for (String range :
          List.of(
              "bytes=200000-",
              "bytes=200000-200001",
              "bytes=-0",
              "bytes=" + "9".repeat(30) + "-")) {
        HttpResponse<byte[]> response = read(running, "GET", path, "range", range);
        assertThat(response.statusCode()).as(range).isEqualTo(416);
        assertThat(header(response, "content-range")).isEqualTo("bytes */" + LENGTH);
        assertThat(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8))
            .contains("range: there are only 200000 bytes");
      }
    }
  }

  @Test
  void aPartOfWhatOneHasAlreadyIsSentOnlyWhereItIsTheSame() throws Exception {
    byte[] photo = photo();
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo);
      HttpResponse<byte[]> head = read(running, "HEAD", path);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(header(head, "content-length")).isEqualTo("200000");
      assertThat(header(head, "accept-ranges")).isEqualTo("bytes");
      String tag = header(head, "etag");
      String date = header(head, "last-modified");
      for (String same : List.of(tag, date)) {
        HttpResponse<byte[]> response =
            read(running, "GET", path, "range", "bytes=1-2", "if-range", same);
        assertThat(response.statusCode()).as(same).isEqualTo(206);
        assertThat(response.body()).hasSize(2);
      }
      for (String other :
          List.of("\"other\"", "W/" + tag, "Thu, 01 Jan 1970 00:00:00 GMT", "whatever")) {
        HttpResponse<byte[]> response =
            read(running, "GET", path, "range", "bytes=1-2", "if-range", other);
        assertThat(response.statusCode()).as(other).isEqualTo(200);
        assertThat(response.body()).hasSize(LENGTH);
      }
    }
  }

  @Test
  void aHeadIsToldOfTheWholeAndOfNoPart() throws Exception {
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo());
      HttpResponse<byte[]> head = read(running, "HEAD", path, "range", "bytes=1-2");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(header(head, "content-length")).isEqualTo("200000");
      assertThat(header(head, "content-range")).isEqualTo("none");
      assertThat(head.body()).isEmpty();
      assertThat(read(running, "HEAD", path, "range", "bytes=200000-").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void thePartsOfARecordingAreTheWhole() throws Exception {
    byte[] photo = photo();
    try (Running running = Running.dev()) {
      String path = uploaded(running, photo);
      ByteArrayOutputStream parts = new ByteArrayOutputStream();
      while (parts.size() < LENGTH) {
        String range = "bytes=" + parts.size() + "-" + (parts.size() + 65_536);
        parts.writeBytes(read(running, "GET", path, "range", range).body());
      }
      assertThat(parts.toByteArray()).isEqualTo(photo);
    }
  }
}
