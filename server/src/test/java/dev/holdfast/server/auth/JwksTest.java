package dev.holdfast.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.session.Authenticator.Reason;
import dev.holdfast.session.Authenticator.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Key sets from a server that changes, fails, and leads elsewhere. */
class JwksTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Verdict INVALID = new Verdict.Refused(Reason.INVALID);

  private final AtomicReference<String> body = new AtomicReference<>("");
  private final AtomicInteger status = new AtomicInteger(200);
  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicInteger missing = new AtomicInteger();
  private final AtomicInteger strayed = new AtomicInteger();
  private HttpServer server;
  private TokenAuthenticator tokens;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keys",
        exchange -> {
          fetched.incrementAndGet();
          byte[] bytes = body.get().getBytes(UTF_8);
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(status.get(), bytes.length + missing.get());
          exchange.getResponseBody().write(bytes);
          if (missing.get() == 0) {
            exchange.close();
          } else {
            exchange.getResponseBody().flush();
          }
        });
    server.createContext(
        "/elsewhere",
        exchange -> {
          strayed.incrementAndGet();
          exchange.close();
        });
    server.start();
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    tokens =
        new TokenAuthenticator(
            new AuthSettings(false, null, null, uri, null, null, null, Duration.ZERO, List.of()),
            new Revocations(() -> NOW, 10),
            () -> NOW);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aNewKeyIsFetchedWhenATokenNamesItAndTheOldOneIsForgotten() throws Exception {
    RSAKey one = key("one");
    RSAKey two = key("two");
    publish(one);
    assertThat(verdict(token(one))).isInstanceOf(Verdict.Valid.class);
    assertThat(verdict(token(one))).isInstanceOf(Verdict.Valid.class);
    assertThat(fetched).hasValue(1);
    publish(two);
    assertThat(verdict(token(two))).isInstanceOf(Verdict.Valid.class);
    assertThat(fetched).hasValue(2);
    assertThat(verdict(token(one))).isEqualTo(INVALID);
  }

  @Test
  void anOutageDoesNotShutOutThoseWhoseKeyIsKnown() throws Exception {
    RSAKey one = key("one");
    publish(one);
    assertThat(verdict(token(one))).isInstanceOf(Verdict.Valid.class);
    status.set(500);
    assertThat(verdict(token(key("unknown")))).isEqualTo(INVALID);
    assertThat(verdict(token(one))).isInstanceOf(Verdict.Valid.class);
  }

  @Test
  void unknownKeysDoNotMakeAFlood() throws Exception {
    publish(key("one"));
    for (int i = 0; i < 20; i++) {
      assertThat(verdict(token(key("unknown")))).isEqualTo(INVALID);
    }
    assertThat(fetched).hasValueBetween(1, 3);
  }

  @Test
  void noRedirectIsFollowed() throws Exception {
    RSAKey one = key("one");
    publish(one);
    status.set(302);
    assertThat(verdict(token(one))).isEqualTo(INVALID);
    assertThat(strayed).hasValue(0);
  }

  @Test
  void aKeySetThatIsTooLargeIsRefused() throws Exception {
    RSAKey one = key("one");
    publish(one);
    body.set(body.get() + " ".repeat(300_000));
    assertThat(verdict(token(one))).isEqualTo(INVALID);
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() throws Exception {
    RSAKey one = key("one");
    publish(one);
    missing.set(1);
    assertThat(verdict(token(one))).isEqualTo(INVALID);
  }

  @Test
  void theCallerNeverFetches() throws Exception {
    RSAKey one = key("one");
    publish(one);
    CompletableFuture<Thread> by = new CompletableFuture<>();
    tokens.authenticate(token(one), _ -> by.complete(Thread.currentThread()));
    assertThat(by.get(30, TimeUnit.SECONDS).isVirtual()).isTrue();
  }

  private void publish(RSAKey key) {
    body.set(new JWKSet(key.toPublicJWK()).toString());
  }

  private Verdict verdict(String token) throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    tokens.authenticate(token, verdict::complete);
    return verdict.get(30, TimeUnit.SECONDS);
  }

  private static RSAKey key(String id) throws Exception {
    return new RSAKeyGenerator(2_048).keyID(id).generate();
  }

  private static String token(RSAKey key) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .subject("ann")
                .expirationTime(Date.from(NOW.plusSeconds(60)))
                .build());
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }
}
