package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One run of a case: what it opens is closed with it. One thread. */
final class Trial implements AutoCloseable {

  private static final AtomicLong NAMES = new AtomicLong(System.nanoTime());

  private final Gateways gateways;
  private final Gateway gateway;
  private final long seed;
  private final List<Gateway> own = new ArrayList<>();
  private final List<Trial> trials = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  Trial(Gateways gateways, Gateway gateway, long seed) {
    this.gateways = gateways;
    this.gateway = gateway;
    this.seed = seed;
  }

  /** The seed of whatever is random here. */
  long seed() {
    return seed;
  }

  Gateway gateway() {
    return gateway;
  }

  /** A name that no other case uses: of a user or a channel. */
  static String name(String prefix) {
    return prefix + Long.toString(NAMES.incrementAndGet(), Character.MAX_RADIX);
  }

  /** A gateway of this case alone; settings as key and value in turn. */
  Trial own(boolean dev, String... settings) throws IOException {
    Map<String, String> all = new java.util.LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    Gateway started = gateways.own(dev, all);
    own.add(started);
    Trial trial = new Trial(gateways, started, seed);
    trials.add(trial);
    return trial;
  }

  /** Connects without saying who. */
  Peer connect(String target) throws IOException {
    return connect(target, Map.of());
  }

  Peer connect(String target, Map<String, String> headers) throws IOException {
    Peer peer = Peer.open(gateway.ws(target), headers);
    peers.add(peer);
    return peer;
  }

  /** Connects to an endpoint other than {@code /ws} as a user with those roles. */
  Peer at(String target, String user, String... roles) throws IOException, InterruptedException {
    if (gateway.secret() == null) {
      return connect(target);
    }
    String claims = "'roles':['" + String.join("','", roles) + "']";
    Peer peer = connect(target, Map.of("authorization", "Bearer " + token(user, claims)));
    peer.next("connected");
    return peer;
  }

  /** The status with which a handshake is refused. */
  Wire.Refused refused(String target, Map<String, String> headers) throws IOException {
    try {
      connect(target, headers);
    } catch (Wire.Refused e) {
      return e;
    }
    throw new AssertionError("the handshake was not refused: " + target);
  }

  /** Connects as a user, and is admitted. */
  Peer as(String user) throws IOException, InterruptedException {
    Peer peer = connect("/ws");
    hello(peer, user, "");
    peer.next("connected");
    return peer;
  }

  /** Says connect, with further fields as they are. */
  void hello(Peer peer, String user, String more) throws IOException {
    String who =
        gateway.secret() == null ? "'user_id':'" + user + "'" : "'token':'" + token(user) + "'";
    peer.say("{'type':'connect'," + who + more + "}");
  }

  /** Takes a session up again, at the places given as feed and position in turn. */
  Peer resume(String user, String session, String... positions)
      throws IOException, InterruptedException {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < positions.length; i += 2) {
      places.add("'" + positions[i] + "':'" + positions[i + 1] + "'");
    }
    Peer peer = connect("/ws");
    hello(
        peer,
        user,
        ",'session_id':'" + session + "','positions':{" + String.join(",", places) + "}");
    return peer;
  }

  /** A token with all rights on channels, good for five minutes. */
  String token(String user) {
    return token(user, "'channels':['*'],'publish':['*']");
  }

  String token(String user, String claims) {
    return jwt(
        "'sub':'"
            + user
            + "','exp':"
            + (Instant.now().getEpochSecond() + 300)
            + (claims.isEmpty() ? "" : "," + claims));
  }

  /** A token of exactly those claims. */
  String jwt(String claims) {
    String secret = gateway.secret();
    return Jwt.hs256(
        secret == null ? Gateways.SECRET : secret, "{" + claims.replace('\'', '"') + "}");
  }

  String adminToken() {
    return token(name("admin-"), "'roles':['admin'],'channels':['*'],'publish':['*']");
  }

  /** An HTTP request as an administrator. */
  HttpResponse<String> http(String method, String target, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.http(target))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .header("content-type", "application/json");
    if (gateway.secret() != null) {
      request.header("authorization", "Bearer " + adminToken());
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The status of the answer to a request with that token. */
  int status(String method, String target, String token) throws IOException, InterruptedException {
    return with(token, method, target).statusCode();
  }

  /** What is there for whoever has that token. */
  HttpResponse<String> get(String target, String token) throws IOException, InterruptedException {
    return with(token, "GET", target);
  }

  private HttpResponse<String> with(String token, String method, String target)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.http(target))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("authorization", "Bearer " + token)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Uploads something.
   *
   * @param announced whether its length is said
   */
  HttpResponse<String> upload(String target, String type, byte[] bytes, boolean announced)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher body =
        announced
            ? HttpRequest.BodyPublishers.ofByteArray(bytes)
            : HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    HttpRequest request =
        HttpRequest.newBuilder(gateway.http(target)).PUT(body).header("content-type", type).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The status of the answer to an upload that is only announced. */
  int announce(String target, long length) throws IOException {
    URI uri = gateway.http(target);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      String head =
          "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(target, uri.getAuthority(), length);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return Integer.parseInt(answer.substring(9));
    }
  }

  /** What is there, as an administrator. */
  HttpResponse<byte[]> bytes(String target) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.http(target));
    if (gateway.secret() != null) {
      request.header("authorization", "Bearer " + adminToken());
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  Frame json(HttpResponse<String> response) {
    Check.equal("status", 200, response.statusCode());
    return Frame.of(response.body());
  }

  /** A figure of the gateway's metrics; 0 where it has none of that name. */
  double metric(String name) throws IOException, InterruptedException {
    return http("GET", "/metrics", null)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  /** Subscribes, and waits until it is. */
  static Frame subscribe(Peer peer, String channel) throws IOException, InterruptedException {
    peer.say("{'type':'subscribe','channel':'%s'}", channel);
    return peer.next("subscribed");
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
    trials.forEach(Trial::close);
    own.forEach(Gateway::close);
    http.shutdownNow();
  }
}
