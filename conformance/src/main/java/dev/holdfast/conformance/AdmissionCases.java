package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.DEV;
import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.TOKENS;
import static dev.holdfast.conformance.Case.Need.USERS;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.client.Frame;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Who is let in, and who is not: CON1 to CON10, CON13, CON16. */
final class AdmissionCases {

  private AdmissionCases() {}

  static List<Case> all() {
    return List.of(
        new Case("CON1", "a valid token is answered unasked", TOKENS, AdmissionCases::validToken),
        new Case("CON2", "without a token only connect is heard", TOKENS, AdmissionCases::noToken),
        new Case("CON3", "garbage and forged tokens are refused 4001", TOKENS, t -> garbage(t)),
        new Case(
            "CON4",
            "an expired token is refused 4001 as expired",
            TOKENS,
            t -> {
              long past = Instant.now().getEpochSecond() - 1;
              refused(t, t.jwt("'sub':'ann','exp':" + past), "expired");
            }),
        new Case(
            "CON5",
            "a revoked token is refused, and closes what it opened",
            TOKENS,
            AdmissionCases::revoked),
        new Case(
            "CON6",
            "in development everybody is admitted, in silence",
            DEV,
            AdmissionCases::development),
        new Case(
            "CON6",
            "development refuses a public bind, and production needs a key",
            OWN,
            AdmissionCases::startsRefused),
        new Case(
            "CON7",
            "keys of a JWKS URL are used, and followed when they rotate",
            OWN,
            AdmissionCases::keySet),
        new Case(
            "CON8",
            "a refresh keeps the connection; without one it is closed 4001",
            TOKENS,
            AdmissionCases::refresh),
        new Case(
            "CON9", "a foreign origin is refused 403; none passes", USERS, AdmissionCases::origin),
        new Case(
            "CON10",
            "an unknown path is refused 404",
            USERS,
            t -> Check.equal("status", 404, t.refused("/ws/nowhere", Map.of()).status())),
        new Case(
            "CON13",
            "another user's session is as good as none",
            USERS,
            AdmissionCases::foreignSession),
        new Case(
            "CON16",
            "silence instead of connect is closed 4001",
            OWN,
            t -> {
              Peer silent = t.own(false, "session.hello_timeout", "300ms").connect("/ws");
              silent.error("unauthorized");
              silent.closed(4001);
            }));
  }

  private static void validToken(Trial t) throws Exception {
    String user = Trial.name("u");
    Peer byUrl = t.connect("/ws?token=" + t.token(user));
    Peer byHeader = t.connect("/ws", Map.of("Authorization", "Bearer " + t.token(user)));
    Peer byFrame = t.connect("/ws");
    byFrame.say("{'type':'connect','id':'1','token':'%s'}", t.token(user));
    for (Peer peer : List.of(byUrl, byHeader, byFrame)) {
      Frame connected = peer.next("connected");
      Check.equal("user_id", user, connected.text("user_id"));
      Check.that("connection_id", connected.text("connection_id") != null, connected);
      Check.that("session_id", connected.text("session_id") != null, connected);
      Check.equal("resumed", false, connected.fields().get("resumed"));
      Check.that(
          "server_time", String.valueOf(connected.text("server_time")).endsWith("Z"), connected);
      Check.that("heartbeat", connected.number("heartbeat_interval_ms", 0) > 0, connected);
      Check.that("limits", connected.fields().get("limits") instanceof Map<?, ?>, connected);
      peer.nothing();
    }
  }

  private static void noToken(Trial t) throws Exception {
    for (String first :
        List.of("{'type':'ping'}", "{'type':'message','content':1}", "{'type':'connect'}", "?")) {
      Peer peer = t.connect("/ws").say(first);
      peer.error("unauthorized");
      peer.closed(4001);
    }
    Peer binary = t.connect("/ws");
    binary.wire().send(Wire.BINARY, new byte[] {1, 2, 3});
    binary.error("unauthorized");
    binary.closed(4001);
  }

  private static void garbage(Trial t) throws Exception {
    String good = t.token("ann");
    String none = Jwt.base64("{\"alg\":\"none\"}".getBytes(StandardCharsets.US_ASCII));
    refused(t, "garbage", "invalid");
    refused(t, "a.b.c", "invalid");
    refused(t, "dev-token", "invalid");
    refused(t, good.substring(0, good.length() - 4) + "AAAA", "invalid");
    refused(t, none + good.substring(good.indexOf('.'), good.lastIndexOf('.')) + ".", "invalid");
    refused(t, t.jwt("'sub':'ann'"), "invalid");
    refused(t, t.jwt("'exp':99999999999"), "invalid");
    refused(
        t,
        Jwt.hs256("another secret of thirty-two bytes", "{\"sub\":\"a\",\"exp\":99999999999}"),
        "invalid");
  }

  private static void refused(Trial t, String token, String reason) throws Exception {
    Peer byUrl = t.connect("/ws?token=" + token);
    Peer byFrame = t.connect("/ws").say("{'type':'connect','token':'%s'}", token);
    for (Peer peer : List.of(byUrl, byFrame)) {
      Check.equal("reason", reason, peer.error("unauthorized").text("reason"));
      peer.closed(4001);
    }
  }

  private static void revoked(Trial t) throws Exception {
    String id = Trial.name("jti");
    String token = t.token(Trial.name("u"), "'jti':'" + id + "'");
    Peer live = t.connect("/ws?token=" + token);
    live.next("connected");
    Peer other = t.as(Trial.name("u"));
    Check.equal(
        "status", 200, t.http("POST", "/api/tokens/revoke", "{'jti':'" + id + "'}").statusCode());
    Check.equal("reason", "revoked", live.error("unauthorized").text("reason"));
    live.closed(4001);
    refused(t, token, "revoked");
    other.nothing();
  }

  private static void development(Trial t) throws Exception {
    Peer silent = t.connect("/ws");
    silent.nothing();
    silent.say("{'type':'connect'}");
    Check.equal("user_id", "dev-user", silent.next("connected").text("user_id"));
    silent.say("{'type':'connect','user_id':'ann'}");
    Check.equal("user_id", "ann", silent.next("connected").text("user_id"));
    Peer token = t.connect("/ws?token=dev-token");
    Check.equal("user_id", "dev-user", token.next("connected").text("user_id"));
    Peer wrong = t.connect("/ws?token=nonsense");
    wrong.error("unauthorized");
    wrong.closed(4001);
  }

  private static void startsRefused(Trial t) throws Exception {
    startRefused(true, Map.of(), "--host", "0.0.0.0");
    startRefused(false, Map.of(), "--host", "127.0.0.1");
    startRefused(false, Map.of("auth.secret", "too short"), "--host", "127.0.0.1");
  }

  private static void startRefused(boolean dev, Map<String, String> settings, String... more)
      throws Exception {
    Process process = ChildGateways.start(dev, settings, List.of(more));
    try {
      Check.that("ends", process.waitFor(20, TimeUnit.SECONDS), more[1]);
      Check.equal("exit status", 1, process.exitValue());
      String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      Check.that("what it says", said.startsWith("holdfast: ") && !said.contains("\tat "), said);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void keySet(Trial t) throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    KeyPair first = pairs.generateKeyPair();
    KeyPair second = pairs.generateKeyPair();
    AtomicReference<String> published = new AtomicReference<>(keys("k1", first));
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          byte[] body = published.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    try {
      Trial own =
          t.own(
              false,
              "auth.jwks_url",
              "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys");
      String claims = "{\"sub\":\"ann\",\"exp\":" + (Instant.now().getEpochSecond() + 300) + "}";
      own.connect("/ws?token=" + Jwt.rs256(first.getPrivate(), "k1", claims)).next("connected");
      published.set(keys("k2", second));
      own.connect("/ws?token=" + Jwt.rs256(second.getPrivate(), "k2", claims)).next("connected");
      Peer forged = own.connect("/ws?token=" + Jwt.rs256(first.getPrivate(), "k2", claims));
      forged.error("unauthorized");
      forged.closed(4001);
    } finally {
      issuer.stop(0);
    }
  }

  private static String keys(String id, KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(id, unsigned(key.getModulus()), unsigned(key.getPublicExponent()));
  }

  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return Jwt.base64(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  private static void refresh(Trial t) throws Exception {
    String user = Trial.name("u");
    long soon = Instant.now().getEpochSecond() + 3;
    String ending = t.jwt("'sub':'" + user + "','exp':" + soon);
    Peer kept = t.connect("/ws?token=" + ending);
    Peer let = t.connect("/ws?token=" + ending);
    for (Peer peer : List.of(kept, let)) {
      peer.next("connected");
      Check.that("time left", peer.next("token_expiring").number("expires_in_ms", 0) > 0, peer);
    }
    kept.say("{'type':'refresh','id':'1','token':'%s'}", t.token(Trial.name("other")));
    kept.error("forbidden");
    kept.say("{'type':'refresh','id':'2','token':'garbage'}");
    kept.error("unauthorized");
    kept.say("{'type':'refresh','id':'3','token':'%s'}", t.token(user));
    Check.that("expires_at", kept.next("refreshed").text("expires_at") != null, kept);
    Check.equal("reason", "expired", let.error("unauthorized").text("reason"));
    let.closed(4001);
    kept.nothing();
  }

  private static void origin(Trial t) throws Exception {
    String own = t.gateway().base().toString();
    t.connect("/ws", Map.of("Origin", own));
    t.connect("/ws");
    for (String foreign :
        List.of("https://evil.example", own + ".evil.example", "null", own + "1")) {
      Check.equal(foreign, 403, t.refused("/ws", Map.of("Origin", foreign)).status());
    }
  }

  private static void foreignSession(Trial t) throws Exception {
    String ann = Trial.name("ann");
    Peer first = t.connect("/ws");
    t.hello(first, ann, "");
    String session = first.next("connected").text("session_id");
    Trial.subscribe(first, Trial.name("secret"));
    first.cut();
    String other = Trial.name("bob");
    Frame stolen = t.resume(other, String.valueOf(session)).next("connected");
    Frame unknown = t.resume(other, "s-nobody").next("connected");
    for (Frame frame : List.of(stolen, unknown)) {
      Check.equal("resumed", false, frame.fields().get("resumed"));
      Check.that("session_id", !String.valueOf(session).equals(frame.text("session_id")), frame);
      Check.equal(
          "feeds", 1, frame.fields().get("feeds") instanceof List<?> feeds ? feeds.size() : -1);
    }
    Frame own = t.resume(ann, String.valueOf(session)).next("connected");
    Check.equal("resumed", true, own.fields().get("resumed"));
  }
}
