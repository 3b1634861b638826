package dev.holdfast.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** An upload piece by piece, as a device does it: tus 1.0. One thread. */
final class Pieces implements AutoCloseable {

  private static final String TYPE = "application/offset+octet-stream";
  private static final Map<String, String> HEADERS =
      Map.of("tus-resumable", "1.0.0", "content-type", TYPE);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI uri;

  Pieces(Trial t, String path) {
    this.uri = t.gateway().http(path);
  }

  /** A recording as far as anybody looks into it. */
  static byte[] recording(int size) {
    byte[] recording = DeviceTalk.picture(size);
    System.arraycopy(new byte[] {0x1a, 0x45, (byte) 0xdf, (byte) 0xa3}, 0, recording, 0, 4);
    return recording;
  }

  HttpResponse<String> ask(String method, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    return ask(method, headers, HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<String> ask(
      String method, Map<String, String> headers, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, body);
    headers.forEach(request::header);
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Map<String, String> headers(String name, long value) {
    Map<String, String> headers = new java.util.HashMap<>(HEADERS);
    headers.put(name, Long.toString(value));
    return headers;
  }

  /** The status of the answer to a piece. */
  int piece(long offset, byte[] piece) throws IOException, InterruptedException {
    return ask("PATCH", headers("upload-offset", offset), piece).statusCode();
  }

  /** The same, without saying how long it is. */
  int unannounced(long offset, byte[] piece) throws IOException, InterruptedException {
    return ask(
            "PATCH",
            headers("upload-offset", offset),
            HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(piece)))
        .statusCode();
  }

  /** The same, and says how long the whole is. */
  int last(long offset, long length, byte[] piece) throws IOException, InterruptedException {
    Map<String, String> headers = headers("upload-offset", offset);
    headers.put("upload-length", Long.toString(length));
    return ask("PATCH", headers, piece).statusCode();
  }

  /** Sends a part of whole from there as a piece, and then says nothing. */
  Socket half(byte[] whole, int from, int to) throws IOException {
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    String head =
        "PATCH %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n"
            .formatted(uri.getPath(), uri.getAuthority(), TYPE, from, whole.length - from);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(whole, from, to - from);
    return socket;
  }

  /** How far it has come. */
  long offset() throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("HEAD", Map.of("tus-resumable", "1.0.0"), new byte[0]);
    Check.equal("status", 204, answer.statusCode());
    Check.equal("tus", "1.0.0", answer.headers().firstValue("tus-resumable").orElse(""));
    Check.equal("cached", "no-store", answer.headers().firstValue("cache-control").orElse(""));
    return answer.headers().firstValueAsLong("upload-offset").orElse(-1);
  }

  int status(String method) throws IOException, InterruptedException {
    return ask(method, Map.of(), new byte[0]).statusCode();
  }

  static byte[] part(byte[] whole, int from, int to) {
    return Arrays.copyOfRange(whole, from, to);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
