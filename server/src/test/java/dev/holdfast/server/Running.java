package dev.holdfast.server;

import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.Options;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway on a free port, with clients. Closing it closes them all. */
final class Running implements AutoCloseable {

  static final JsonMapper JSON = new JsonMapper();

  final Server server;
  final HttpClient http = HttpClient.newHttpClient();
  private final List<Client> clients = new ArrayList<>();

  Running(boolean dev, Map<String, String> settings) throws Exception {
    this(dev, settings, InstantSource.system());
  }

  Running(boolean dev, Map<String, String> settings, InstantSource clock) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", "0");
    all.putIfAbsent("server.drain", "1ms");
    server = Server.start(Config.load(new Options(null, all, dev), Map.of()), clock);
  }

  static Running dev() throws Exception {
    return new Running(true, Map.of());
  }

  String base() {
    return "127.0.0.1:" + server.address().getPort();
  }

  Client connect(String target) {
    Client client = new Client();
    client.socket =
        http.newWebSocketBuilder().buildAsync(URI.create("ws://" + base() + target), client).join();
    clients.add(client);
    return client;
  }

  HttpResponse<String> request(String method, String path, @Nullable String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + base() + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return request("POST", path, json, "content-type", "application/json");
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(request("GET", path, null).body());
  }

  @Override
  public void close() {
    clients.forEach(client -> client.socket().abort());
    server.close();
    http.close();
  }

  /** A WebSocket client that checks the offsets of every feed it reads. */
  static final class Client implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Long> offsets = new HashMap<>();
    private @Nullable WebSocket socket;

    WebSocket socket() {
      return java.util.Objects.requireNonNull(socket);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        frames.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }

    Client say(String json) {
      socket().sendText(json, true).join();
      return this;
    }

    /** The next frame. */
    JsonNode next() throws InterruptedException {
      JsonNode frame = frames.poll(40, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame within 40 s");
      }
      check(frame);
      return frame;
    }

    /** The next frame, which is of that type. */
    JsonNode next(String type) throws InterruptedException {
      JsonNode frame = next();
      if (!frame.path("type").asString("").equals(type)) {
        throw new AssertionError(type + " expected: " + frame);
      }
      return frame;
    }

    /** Says a ping and expects its pong as the very next frame: nothing else has come. */
    void nothing() throws InterruptedException {
      say("{\"type\":\"ping\",\"timestamp\":\"nothing\"}");
      next("pong");
    }

    int closeCode() {
      return closed.orTimeout(40, TimeUnit.SECONDS).join();
    }

    private void check(JsonNode frame) {
      if (frame.has("position") && frame.has("feed")) {
        String position = frame.get("position").asString();
        offsets.put(
            frame.get("feed").asString(),
            Long.parseLong(position.substring(position.indexOf(':') + 1)));
      }
      frame
          .path("feeds")
          .forEach(place -> {
            String position = place.get("position").asString();
            offsets.put(
                place.get("feed").asString(),
                Long.parseLong(position.substring(position.indexOf(':') + 1)));
          });
      if (frame.has("offset") && frame.has("feed")) {
        String feed = frame.get("feed").asString();
        long offset = frame.get("offset").asLong();
        Long before = offsets.put(feed, offset);
        long span = frame.has("span") ? frame.get("span").asLong() : 1;
        if (before != null && before + span != offset) {
          throw new AssertionError(feed + ": " + offset + " after " + before);
        }
      }
    }
  }
}
