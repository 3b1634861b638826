package dev.holdfast.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.server.auth.AuthSettings.OpenId;
import dev.holdfast.session.Authenticator.Reason;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.session.Principal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A provider that is found by its metadata, goes away, comes back, and changes. */
class OpenIdProviderTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Verdict INVALID = new Verdict.Refused(Reason.INVALID);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final AtomicReference<String> metadata = new AtomicReference<>("");
  private final AtomicReference<String> keys = new AtomicReference<>("");
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;
  private String issuer;

  @BeforeEach
  void serve() throws IOException {
    server = listen(0);
    issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/ours";
    metadata.set(metadata(issuer, ""));
  }

  private HttpServer listen(int port) throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    answer(made, "/realms/ours/.well-known/openid-configuration", metadata);
    answer(made, "/keys", keys);
    answer(made, "/other-keys", keys);
    made.start();
    return made;
  }

  private void answer(HttpServer by, String path, AtomicReference<String> body) {
    by.createContext(
        path,
        exchange -> {
          asked.addAndGet(path.endsWith("keys") ? 0 : 1);
          byte[] bytes = body.get().getBytes(UTF_8);
          exchange.sendResponseHeaders(bytes.length == 0 ? 503 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** What providers publish, with these fields in the place of others. */
  private String metadata(String issuer, String fields) {
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    return """
    {"authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token", "jwks_uri": "%1$s/keys",
     "issuer": "%2$s", "code_challenge_methods_supported": ["plain", "S256"]%3$s}
    """
        .formatted(base, issuer, fields);
  }

  private TokenAuthenticator tokens(@Nullable String audience, String roles) throws IOException {
    OpenId openId = new OpenId(issuer, "console", "Ours", List.of("openid"), audience, roles);
    return new TokenAuthenticator(
        new AuthSettings(false, SECRET, null, null, null, null, openId, Duration.ZERO, List.of()),
        new Revocations(now::get, 10),
        now::get);
  }

  private static OpenIdProvider provider(TokenAuthenticator tokens) {
    return Objects.requireNonNull(tokens.openId());
  }

  @Test
  void whatItPublishesIsAskedForOnceAnHour() throws IOException {
    OpenIdProvider provider = provider(tokens(null, "roles"));
    assertThat(provider.origins()).isEmpty();
    assertThat(provider.metadata().tokenEndpoint()).hasPath("/token");
    assertThat(provider.metadata().endSessionEndpoint()).isNull();
    assertThat(provider.origins())
        .containsExactly("http://127.0.0.1:" + server.getAddress().getPort());
    assertThat(asked).hasValue(1);
    step(Duration.ofMinutes(61));
    metadata.set(metadata(issuer, ", \"end_session_endpoint\": \"https://a.example/end\""));
    assertThat(provider.metadata().endSessionEndpoint()).hasHost("a.example");
    assertThat(asked).hasValue(2);
  }

  @Test
  void oneThatIsDownIsAskedAgainAndOneThatGoesDownIsKnown() throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    OpenIdProvider provider = provider(tokens(null, "roles"));
    assertThatThrownBy(provider::metadata).hasMessageContaining("can't be reached");
    server = listen(port);
    assertThatThrownBy(provider::metadata).hasMessageContaining("can't be reached");
    assertThat(asked).hasValue(0);
    step(Duration.ofSeconds(3));
    assertThat(provider.metadata().tokenEndpoint()).hasPath("/token");
    metadata.set("");
    step(Duration.ofHours(2));
    assertThat(provider.metadata().tokenEndpoint()).hasPath("/token");
    assertThat(asked).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          , "issuer": "http://127.0.0.1/realms/theirs" | its issuer is 'http://127.0.0.1/realms/theirs', and auth.oidc_issuer must be just that
          , "token_endpoint": "http://provider.example/token" | its token_endpoint is missing, or no https URL
          , "authorization_endpoint": "javascript:alert(1)" | its authorization_endpoint is missing, or no https URL
          , "end_session_endpoint": "a b" | its end_session_endpoint is missing, or no https URL
          , "jwks_uri": null | its jwks_uri is missing, or no https URL
          , "code_challenge_methods_supported": ["plain"] | it does not offer PKCE with S256
          """)
  void oneThatCannotBeUsedSaysWhy(String fields, String problem) throws IOException {
    metadata.set(metadata(issuer, fields));
    assertThatThrownBy(provider(tokens(null, "roles"))::metadata)
        .hasMessage(issuer + "/.well-known/openid-configuration: " + problem);
  }

  @ParameterizedTest
  @CsvSource({"'', HTTP status 503", "<html>, it is no JSON", "[], 'its issuer is '''''"})
  void whatIsNoMetadataIsToldSo(String body, String problem) throws IOException {
    metadata.set(body);
    assertThatThrownBy(provider(tokens(null, "roles"))::metadata).hasMessageContaining(problem);
  }

  @Test
  void itsTokensAreTakenBesideThoseOfTheSecret() throws Exception {
    RSAKey key = key("one");
    publish(key);
    TokenAuthenticator tokens = tokens(null, "realm_access.roles");
    JWTClaimsSet ann =
        claims()
            .audience(List.of("console", "account"))
            .claim("realm_access", Map.of("roles", List.of("admin")))
            .build();
    assertThat(verdict(tokens, sign(key, ann)))
        .isInstanceOfSatisfying(
            Verdict.Valid.class,
            valid -> {
              assertThat(valid.principal().userId()).isEqualTo("ann");
              assertThat(valid.principal().roles()).containsExactly(Principal.ADMIN);
            });
    JWTClaimsSet bob =
        new JWTClaimsSet.Builder().subject("bob").expirationTime(inAMinute()).build();
    assertThat(verdict(tokens, Mint.ofSecret(SECRET).sign(bob))).isInstanceOf(Verdict.Valid.class);
    assertThat(verdict(tokens, sign(key, bob))).as("no issuer").isEqualTo(INVALID);
    assertThat(verdict(tokens, sign(key, claims().audience("other").build()))).isEqualTo(INVALID);
    assertThat(verdict(tokens, sign(key("one"), ann))).as("another's key").isEqualTo(INVALID);
    step(Duration.ofMinutes(1));
    assertThat(verdict(tokens, sign(key, ann))).isEqualTo(new Verdict.Refused(Reason.EXPIRED));
  }

  @Test
  void anAudienceOfItsOwnRefusesTokensForTheClient() throws Exception {
    RSAKey key = key("one");
    publish(key);
    TokenAuthenticator tokens = tokens("api", "roles");
    assertThat(verdict(tokens, sign(key, claims().audience("api").build())))
        .isInstanceOf(Verdict.Valid.class);
    assertThat(verdict(tokens, sign(key, claims().audience("console").build()))).isEqualTo(INVALID);
  }

  @Test
  void rolesAreFoundByNameBeforeTheyAreFoundByPathAndElseThereAreNone() throws Exception {
    RSAKey key = key("one");
    publish(key);
    TokenAuthenticator tokens = tokens(null, "a.roles");
    assertThat(roles(tokens, sign(key, ours("a.roles", List.of("x"))))).containsExactly("x");
    assertThat(roles(tokens, sign(key, ours("a", Map.of("roles", List.of("y"))))))
        .containsExactly("y");
    assertThat(roles(tokens, sign(key, ours("a", Map.of())))).isEmpty();
    assertThat(roles(tokens, sign(key, ours("roles", List.of("admin"))))).isEmpty();
    assertThat(verdict(tokens, sign(key, ours("a", "text")))).isEqualTo(INVALID);
    assertThat(verdict(tokens, sign(key, ours("a", Map.of("roles", "admin"))))).isEqualTo(INVALID);
  }

  @Test
  void keysMayBeRotatedAndMovedElsewhere() throws Exception {
    RSAKey one = key("one");
    RSAKey two = key("two");
    publish(one);
    TokenAuthenticator tokens = tokens(null, "roles");
    JWTClaimsSet ann = claims().audience("console").build();
    assertThat(verdict(tokens, sign(one, ann))).isInstanceOf(Verdict.Valid.class);
    publish(two);
    assertThat(verdict(tokens, sign(two, ann))).isInstanceOf(Verdict.Valid.class);
    assertThat(verdict(tokens, sign(one, ann))).isEqualTo(INVALID);
    metadata.set(metadata(issuer, "").replace("/keys", "/other-keys"));
    publish(one);
    step(Duration.ofMinutes(61));
    JWTClaimsSet later = claims().audience("console").build();
    assertThat(verdict(tokens, sign(one, later))).isInstanceOf(Verdict.Valid.class);
  }

  @Test
  void tokensOfOneThatIsDownAreRefusedUntilItIsBack() throws Exception {
    int port = server.getAddress().getPort();
    server.stop(0);
    RSAKey key = key("one");
    publish(key);
    TokenAuthenticator tokens = tokens(null, "roles");
    String ann = sign(key, claims().audience("console").build());
    assertThat(verdict(tokens, ann)).isEqualTo(INVALID);
    server = listen(port);
    step(Duration.ofSeconds(3));
    assertThat(verdict(tokens, ann)).isInstanceOf(Verdict.Valid.class);
  }

  private void step(Duration by) {
    now.updateAndGet(before -> before.plus(by));
  }

  private Date inAMinute() {
    return Date.from(now.get().plusSeconds(60));
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().subject("ann").issuer(issuer).expirationTime(inAMinute());
  }

  private JWTClaimsSet ours(String claim, Object value) {
    return claims().audience("console").claim(claim, value).build();
  }

  private void publish(RSAKey key) {
    keys.set(new JWKSet(key.toPublicJWK()).toString());
  }

  private static Iterable<String> roles(TokenAuthenticator tokens, String token) throws Exception {
    return ((Verdict.Valid) verdict(tokens, token)).principal().roles();
  }

  private static Verdict verdict(TokenAuthenticator tokens, String token) throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    tokens.authenticate(token, verdict::complete);
    return verdict.get(30, TimeUnit.SECONDS);
  }

  private static RSAKey key(String id) throws Exception {
    return new RSAKeyGenerator(2_048).keyID(id).generate();
  }

  private static String sign(RSAKey key, JWTClaimsSet claims) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }
}
