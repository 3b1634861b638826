package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AdmissionEndToEndTest {

  private static final String SECRET = "a secret of thirty-two bytes, at least";
  private static final Map<String, String> SETTINGS = Map.of("auth.secret", SECRET);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  private Running running() throws Exception {
    return new Running(false, SETTINGS, now::get);
  }

  private String token(Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
    return token(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(SECRET), change);
  }

  private String token(JWSHeader header, JWSSigner signer, Consumer<JWTClaimsSet.Builder> change)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(header, claims(change));
    jwt.sign(signer);
    return jwt.serialize();
  }

  private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .subject("ann")
            .jwtID("t1")
            .expirationTime(Date.from(now.get().plus(Duration.ofMinutes(5))))
            .claim("teams", List.of("red"))
            .claim("workspace", "acme")
            .claim("channels", List.of("chat:*"))
            .claim("publish", List.of("chat:a"));
    change.accept(claims);
    return claims.build();
  }

  private static void refused(Running running, String token, String reason)
      throws InterruptedException {
    Running.Client client = running.connect("/ws?token=" + token);
    JsonNode error = client.next("error");
    assertThat(error.get("code").asString()).isEqualTo("unauthorized");
    assertThat(error.get("reason").asString()).isEqualTo(reason);
    assertThat(client.closeCode()).isEqualTo(4001);
  }

  @Test
  @DisplayName(
      "CON1 MSG9 a valid token is answered unasked, and subscribes to user, team, workspace")
  void aValidTokenIsAnsweredUnasked() throws Exception {
    try (Running running = running()) {
      JsonNode connected = running.connect("/ws?token=" + token(c -> {})).next("connected");
      assertThat(connected.get("user_id").asString()).isEqualTo("ann");
      assertThat(connected.get("feeds").findValuesAsString("feed"))
          .containsExactly("channel:user:ann", "channel:team:red", "channel:workspace:acme");
      assertThat(connected.get("timeouts").get("client_ms").asInt()).isEqualTo(300_000);
    }
  }

  @Test
  @DisplayName("CON5 HRD6 a revoked token stays so when the gateway is started again")
  void aRevokedTokenStaysSoAcrossARestart(@TempDir Path data) throws Exception {
    Map<String, String> settings = Map.of("auth.secret", SECRET, "server.data", data.toString());
    String admin = token(c -> c.jwtID("a1").claim("roles", List.of("admin")));
    try (Running running = new Running(false, settings, now::get)) {
      String[] headers = {"authorization", "Bearer " + admin, "content-type", "application/json"};
      assertThat(
              running
                  .request("POST", "/api/tokens/revoke", "{\"jti\":\"t1\",\"exp\":4e9}", headers)
                  .statusCode())
          .isEqualTo(200);
      refused(running, token(c -> {}), "revoked");
      for (String bad : List.of("-1", "1.5", "1e300", "\"soon\"")) {
        assertThat(
                running
                    .request(
                        "POST",
                        "/api/tokens/revoke",
                        "{\"jti\":\"t2\",\"exp\":" + bad + "}",
                        headers)
                    .body())
            .contains("bad_request", "exp: must be whole seconds since 1970");
      }
    }
    try (Running running = new Running(false, settings, now::get)) {
      refused(running, token(c -> {}), "revoked");
      running.connect("/ws?token=" + admin).next("connected");
    }
  }

  @Test
  @DisplayName("CON2 without a token only connect is heard")
  void withoutATokenOnlyConnectIsHeard() throws Exception {
    try (Running running = running()) {
      Running.Client client = running.connect("/ws/chat");
      client.say("{\"type\":\"message\",\"content\":1}");
      assertThat(client.next("error").get("code").asString()).isEqualTo("unauthorized");
      assertThat(client.closeCode()).isEqualTo(4001);
      Running.Client other = running.connect("/ws/chat?channel=chat:a");
      other.say("{\"type\":\"connect\",\"token\":\"" + token(c -> {}) + "\"}");
      other.next("connected");
    }
  }

  @Test
  @DisplayName("CON3 CON4 garbage, forged, expired and misused tokens are refused 4001")
  void badTokensAreRefused() throws Exception {
    try (Running running = running()) {
      refused(running, "garbage", "invalid");
      refused(running, "a.b.c", "invalid");
      refused(running, "dev-token", "invalid");
      refused(running, new PlainJWT(claims(c -> {})).serialize(), "invalid");
      refused(running, token(c -> {}).replaceFirst("..$", "AA"), "invalid");
      refused(running, token(c -> c.expirationTime(null)), "invalid");
      refused(running, token(c -> c.expirationTime(Date.from(now.get()))), "expired");
      refused(running, token(c -> c.notBeforeTime(Date.from(now.get().plusSeconds(1)))), "invalid");
      refused(running, token(c -> c.claim("teams", "red")), "invalid");
      refused(running, token(c -> c.subject("a b")), "invalid");
      RSAKey rsa = new RSAKeyGenerator(2048).generate();
      refused(
          running,
          token(new JWSHeader(JWSAlgorithm.RS256), new RSASSASigner(rsa), c -> {}),
          "invalid");
    }
  }

  @Test
  void theUserMayComeFromUserIdOrId() throws Exception {
    try (Running running = running()) {
      assertThat(userOf(running, token(c -> c.subject(null).claim("user_id", "zoe"))))
          .isEqualTo("zoe");
      assertThat(userOf(running, token(c -> c.subject(null).claim("id", 42)))).isEqualTo("42");
    }
  }

  private static String userOf(Running running, String token) throws InterruptedException {
    return running.connect("/ws?token=" + token).next("connected").get("user_id").asString();
  }

  @Test
  @DisplayName("CON5 a revoked token is refused, also on a live connection")
  void aRevokedTokenIsRefused() throws Exception {
    try (Running running = running()) {
      Running.Client live = running.connect("/ws?token=" + token(c -> {}));
      live.next("connected");
      String admin = token(c -> c.jwtID("t2").claim("roles", List.of("admin")));
      assertThat(
              running
                  .request(
                      "POST",
                      "/api/tokens/revoke",
                      "{\"jti\":\"t1\"}",
                      "content-type",
                      "application/json",
                      "authorization",
                      "Bearer " + admin)
                  .statusCode())
          .isEqualTo(200);
      assertThat(live.next("error").get("reason").asString()).isEqualTo("revoked");
      assertThat(live.closeCode()).isEqualTo(4001);
      refused(running, token(c -> {}), "revoked");
    }
  }

  @Test
  @DisplayName("MSG10 MSG11 MSG4 what the claims do not allow is forbidden")
  void whatTheClaimsDoNotAllowIsForbidden() throws Exception {
    try (Running running = running()) {
      Running.Client ann = running.connect("/ws?token=" + token(c -> {}));
      ann.next("connected");
      for (String channel :
          List.of("user:bob", "team:blue", "workspace:other", "lobby", "$broadcast")) {
        ann.say("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}");
        assertThat(ann.next("error").get("code").asString()).isEqualTo("forbidden");
        ann.say("{\"type\":\"attach\",\"feed\":\"channel:" + channel + "\"}");
        assertThat(ann.next("error").get("code").asString()).isEqualTo("forbidden");
        ann.say("{\"type\":\"history\",\"feed\":\"channel:" + channel + "\"}");
        assertThat(ann.next("error").get("code").asString()).isEqualTo("forbidden");
      }
      ann.say("{\"type\":\"subscribe\",\"channel\":\"chat:b\"}");
      ann.next("subscribed");
      ann.say("{\"type\":\"publish\",\"channel\":\"chat:b\",\"event\":\"a:b\",\"data\":1}");
      assertThat(ann.next("error").get("code").asString()).isEqualTo("forbidden");
      ann.say("{\"type\":\"message\",\"id\":\"1\",\"channel\":\"chat:a\",\"content\":1}");
      ann.next("ack");
      ann.say("{\"type\":\"get_stats\"}");
      assertThat(ann.next("error").get("code").asString()).isEqualTo("forbidden");
    }
  }

  @Test
  @DisplayName("CON7 keys are fetched from the issuer and follow its rotation")
  void keysFollowTheIssuer() throws Exception {
    RSAKey first = new RSAKeyGenerator(2048).keyID("k1").generate();
    RSAKey second = new RSAKeyGenerator(2048).keyID("k2").generate();
    AtomicReference<JWKSet> published = new AtomicReference<>(new JWKSet(first.toPublicJWK()));
    HttpServer issuer = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          byte[] body = published.get().toString().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys";
    try (Running running = new Running(false, Map.of("auth.jwks_url", url), now::get)) {
      assertThat(userOf(running, rsaToken(first))).isEqualTo("ann");
      issuer.stop(0);
      assertThat(userOf(running, rsaToken(first))).isEqualTo("ann");
      refused(running, rsaToken(second), "invalid");
      refused(running, token(c -> {}), "invalid");
    }
  }

  private String rsaToken(RSAKey key) throws JOSEException {
    return token(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
        new RSASSASigner(key),
        c -> {});
  }
}
