package dev.holdfast.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.session.Authenticator.Reason;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.session.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Verdict INVALID = new Verdict.Refused(Reason.INVALID);
  private static final Verdict EXPIRED = new Verdict.Refused(Reason.EXPIRED);

  private Instant now = START;
  private final Revocations revocations = new Revocations(() -> now, 2);

  @TempDir private Path folder;

  @Test
  void aValidTokenSaysWhoItIs() throws Exception {
    String token =
        Mint.ofSecret(SECRET)
            .sign(
                claims()
                    .subject("ann")
                    .jwtID("t1")
                    .claim("teams", List.of("red"))
                    .claim("workspace", "w")
                    .claim("channels", List.of("a*"))
                    .claim("publish", List.of("b"))
                    .claim("roles", List.of("admin"))
                    .build());
    assertThat(hs256().verdict(token))
        .isEqualTo(
            new Verdict.Valid(
                new Principal(
                    "ann",
                    Set.of("red"),
                    "w",
                    List.of("a*"),
                    List.of("b"),
                    Set.of("admin"),
                    "t1",
                    START.plusSeconds(60))));
  }

  @Test
  void itEndsToTheSecondAndTheSkewLater() throws Exception {
    String token = sign(claims().subject("ann"));
    now = START.plusSeconds(60).minusMillis(1);
    assertThat(hs256().verdict(token)).isInstanceOf(Verdict.Valid.class);
    now = START.plusSeconds(60);
    assertThat(hs256().verdict(token)).isEqualTo(EXPIRED);
    Fixture tolerant = fixture(SECRET, null, null, Duration.ofSeconds(30));
    assertThat(tolerant.verdict(token)).isInstanceOf(Verdict.Valid.class);
    now = START.plusSeconds(90);
    assertThat(tolerant.verdict(token)).isEqualTo(EXPIRED);
  }

  @Test
  void notBeforeIsHeeded() throws Exception {
    String token = sign(claims().subject("ann").notBeforeTime(Date.from(START.plusSeconds(10))));
    assertThat(hs256().verdict(token)).isEqualTo(INVALID);
    now = START.plusSeconds(10);
    assertThat(hs256().verdict(token)).isInstanceOf(Verdict.Valid.class);
  }

  @Test
  void issuerAndAudienceMustBeWhatIsConfigured() throws Exception {
    Fixture strict = fixture(SECRET, "me", "us", Duration.ZERO);
    assertThat(
            strict.verdict(sign(claims().subject("ann").issuer("me").audience(List.of("x", "us")))))
        .isInstanceOf(Verdict.Valid.class);
    assertThat(strict.verdict(sign(claims().subject("ann").issuer("you").audience("us"))))
        .isEqualTo(INVALID);
    assertThat(strict.verdict(sign(claims().subject("ann").issuer("me").audience("them"))))
        .isEqualTo(INVALID);
    assertThat(strict.verdict(sign(claims().subject("ann")))).isEqualTo(INVALID);
  }

  @Test
  void aRevokedTokenIsRefusedUntilItEnds() throws Exception {
    String token = sign(claims().subject("ann").jwtID("t1"));
    assertThat(revocations.revoke("t1", START.plusSeconds(60))).isTrue();
    assertThat(hs256().verdict(token)).isEqualTo(new Verdict.Refused(Reason.REVOKED));
  }

  @Test
  void revocationsAreBoundedAndMakeRoomWhenTokensEnd() {
    assertThat(revocations.revoke("a", START.plusSeconds(1))).isTrue();
    assertThat(revocations.revoke("b", START.plusSeconds(600))).isTrue();
    assertThat(revocations.revoke("c", START.plusSeconds(600))).isFalse();
    now = START.plusSeconds(62);
    assertThat(revocations.revoke("c", START.plusSeconds(600))).isTrue();
    assertThat(revocations.revoked("a")).isFalse();
    assertThat(revocations.revoked("b")).isTrue();
  }

  static List<Map<String, Object>> wrongClaims() {
    return List.of(
        Map.of(),
        Map.of("sub", ""),
        Map.of("sub", "a b"),
        Map.of("sub", "x".repeat(201)),
        Map.of("id", 1.5),
        Map.of("user_id", List.of("a")),
        Map.of("sub", "a", "teams", "red"),
        Map.of("sub", "a", "teams", List.of(1)),
        Map.of("sub", "a", "workspace", 5),
        Map.of("sub", "a", "channels", Map.of()),
        Map.of("sub", "a", "publish", true),
        Map.of("sub", "a", "roles", "admin"));
  }

  @ParameterizedTest
  @MethodSource("wrongClaims")
  void aClaimOfTheWrongTypeIsInvalid(Map<String, Object> wrong) throws Exception {
    JWTClaimsSet.Builder claims = claims();
    wrong.forEach(claims::claim);
    assertThat(hs256().verdict(sign(claims))).isEqualTo(INVALID);
  }

  @Test
  void aTokenWithoutAnEndIsInvalid() throws Exception {
    assertThat(hs256().verdict(sign(new JWTClaimsSet.Builder().subject("ann")))).isEqualTo(INVALID);
  }

  @Test
  void theSubjectFallsBackToUserIdAndId() throws Exception {
    assertThat(userOf(claims().claim("user_id", "bob").claim("id", 3))).isEqualTo("bob");
    assertThat(userOf(claims().claim("id", 3))).isEqualTo("3");
    assertThat(userOf(claims().subject("ann").claim("user_id", "bob"))).isEqualTo("ann");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void everyKindOfKeyChecksItsOwnTokensAndNoOthers(String kind) throws Exception {
    KeyPair pair = pair(kind);
    Fixture fixture = fixture(pem(pair));
    JWTClaimsSet claims = claims().subject("ann").build();
    assertThat(fixture.verdict(Mint.of(pair.getPrivate()).sign(claims)))
        .isInstanceOf(Verdict.Valid.class);
    assertThat(fixture.verdict(Mint.of(pair(kind).getPrivate()).sign(claims))).isEqualTo(INVALID);
    assertThat(fixture.verdict(Mint.ofSecret(SECRET).sign(claims))).isEqualTo(INVALID);
  }

  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    KeyPair pair = pair("RSA");
    Path pem = pem(pair);
    JWTClaimsSet claims = claims().subject("mallory").build();
    for (byte[] secret : List.of(Files.readAllBytes(pem), pair.getPublic().getEncoded())) {
      SignedJWT forged = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      forged.sign(new MACSigner(secret));
      assertThat(fixture(pem).verdict(forged.serialize())).isEqualTo(INVALID);
    }
  }

  @Test
  void anUnsignedOneAnotherAlgorithmOrACriticalHeaderIsInvalid() throws Exception {
    JWTClaimsSet claims = claims().subject("mallory").build();
    assertThat(hs256().verdict(new PlainJWT(claims).serialize())).isEqualTo(INVALID);
    SignedJWT other = new SignedJWT(new JWSHeader(JWSAlgorithm.HS512), claims);
    other.sign(new MACSigner(SECRET + SECRET));
    assertThat(fixture(SECRET + SECRET, null, null, Duration.ZERO).verdict(other.serialize()))
        .isEqualTo(INVALID);
    KeyPair pair = pair("Ed25519");
    SignedJWT critical =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.EdDSA)
                .criticalParams(Set.of("x"))
                .customParam("x", 1)
                .build(),
            claims);
    critical.sign(new Ed25519.Signer(pair.getPrivate()));
    assertThat(fixture(pem(pair)).verdict(critical.serialize())).isEqualTo(INVALID);
  }

  @Test
  void garbageIsInvalidHoweverLong() throws Exception {
    String token = sign(claims().subject("ann"));
    for (String garbage :
        List.of(
            "",
            ".",
            "..",
            "a.b.c",
            "\u0000",
            token.substring(0, token.lastIndexOf('.') + 1),
            token + "x.y",
            "x".repeat(1 << 20),
            "{".repeat(16_000),
            Base64.getUrlEncoder().encodeToString("[".repeat(9_000).getBytes(UTF_8)) + ".e30.e30",
            TokenAuthenticator.DEV_TOKEN)) {
      assertThat(hs256().verdict(garbage)).isEqualTo(INVALID);
    }
  }

  @Test
  void theDevelopmentTokenIsGoodInDevelopmentModeOnly() throws Exception {
    AuthSettings dev =
        new AuthSettings(true, null, null, null, null, null, null, Duration.ZERO, List.of());
    assertThat(
            new Fixture(new TokenAuthenticator(dev, revocations, () -> now)).verdict("dev-token"))
        .isEqualTo(new Verdict.Valid(TokenAuthenticator.DEV_USER));
  }

  @Test
  void anApiKeyIsFoundByItsHashAlone() {
    String hash = ApiKeys.sha256("k-123");
    ApiKeys keys =
        new ApiKeys(
            List.of(
                new AuthSettings.ApiKey("ci", hash, Set.of("admin"), List.of(), List.of("a*"))));
    Principal found = keys.find("k-123");
    assertThat(found)
        .isEqualTo(
            new Principal(
                "ci", Set.of(), null, List.of(), List.of("a*"), Set.of("admin"), null, null));
    assertThat(keys.find(hash)).isNull();
    assertThat(keys.find("")).isNull();
  }

  /** One that answers at once. */
  private record Fixture(TokenAuthenticator tokens) {
    Verdict verdict(String token) {
      List<Verdict> verdicts = new ArrayList<>();
      tokens.authenticate(token, verdicts::add);
      assertThat(verdicts).hasSize(1);
      return verdicts.getFirst();
    }
  }

  private Fixture hs256() throws Exception {
    return fixture(SECRET, null, null, Duration.ZERO);
  }

  private Fixture fixture(
      String secret, @Nullable String issuer, @Nullable String audience, Duration skew)
      throws Exception {
    AuthSettings settings =
        new AuthSettings(false, secret, null, null, issuer, audience, null, skew, List.of());
    return new Fixture(new TokenAuthenticator(settings, revocations, () -> now));
  }

  private Fixture fixture(Path publicKey) throws Exception {
    AuthSettings settings =
        new AuthSettings(false, null, publicKey, null, null, null, null, Duration.ZERO, List.of());
    return new Fixture(new TokenAuthenticator(settings, revocations, () -> now));
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().expirationTime(Date.from(START.plusSeconds(60)));
  }

  private static String sign(JWTClaimsSet.Builder claims) {
    return Mint.ofSecret(SECRET).sign(claims.build());
  }

  private String userOf(JWTClaimsSet.Builder claims) throws Exception {
    assertThat(hs256().verdict(sign(claims))).isInstanceOf(Verdict.Valid.class);
    return ((Verdict.Valid) hs256().verdict(sign(claims))).principal().userId();
  }

  private static KeyPair pair(String kind) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    if (kind.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else if (kind.equals("RSA")) {
      generator.initialize(2_048);
    }
    return generator.generateKeyPair();
  }

  private Path pem(KeyPair pair) throws Exception {
    String text = Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded());
    return Files.writeString(
        folder.resolve("public.pem"),
        "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n");
  }
}
