package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.session.Authenticator;
import dev.holdfast.session.Principal;
import java.io.IOException;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks JSON Web Tokens, and the development token. Any thread. */
public final class TokenAuthenticator implements Authenticator {

  /** The token of the development mode. */
  public static final String DEV_TOKEN = "dev-token";

  /** Who uses the development mode: an administrator. */
  public static final Principal DEV_USER =
      new Principal(
          "dev-user",
          Set.of(),
          null,
          List.of("*"),
          List.of("*"),
          Set.of(Principal.ADMIN),
          null,
          null);

  private static final System.Logger LOG = System.getLogger(TokenAuthenticator.class.getName());
  private static final int LONGEST = 16 * 1024;

  /** Checks that may wait for the network at one time. */
  private static final int WAITING = 1_000;

  /**
   * Whose tokens are taken, and what has to be in them.
   *
   * @param issuer null for anything
   * @param audience null for anything
   * @param roles the claim that lists roles
   */
  private record Trust(
      Verifiers verifiers, @Nullable String issuer, @Nullable String audience, String roles) {

    /** Whether a token of that issuer may be one of these. */
    boolean of(@Nullable String other) {
      return issuer == null || issuer.equals(other);
    }
  }

  private final AuthSettings settings;
  private final @Nullable OpenIdProvider openId;
  private final List<Trust> trusts;
  private final Revocations revocations;
  private final InstantSource clock;
  private final Semaphore waiting = new Semaphore(WAITING);

  /**
   * @throws IOException when the public key can't be read
   */
  public TokenAuthenticator(AuthSettings settings, Revocations revocations, InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.openId = settings.openId() == null ? null : new OpenIdProvider(settings.openId(), clock);
    this.trusts = trusts(settings, openId);
    this.revocations = revocations;
    this.clock = clock;
  }

  /** Who signs people in; null for nobody. */
  public @Nullable OpenIdProvider openId() {
    return openId;
  }

  private static List<Trust> trusts(AuthSettings settings, @Nullable OpenIdProvider openId)
      throws IOException {
    List<Trust> trusts = new ArrayList<>();
    if (openId != null) {
      // First: the key would be asked for each of its tokens in vain.
      AuthSettings.OpenId to = openId.settings();
      String audience = to.audience() == null ? to.client() : to.audience();
      trusts.add(new Trust(openId, to.issuer(), audience, to.roles()));
    }
    Verifiers own = verifiers(settings);
    if (own != null) {
      trusts.add(new Trust(own, settings.issuer(), settings.audience(), "roles"));
    }
    return List.copyOf(trusts);
  }

  private static @Nullable Verifiers verifiers(AuthSettings settings) throws IOException {
    if (settings.secret() != null) {
      return Verifiers.secret(settings.secret());
    }
    if (settings.publicKey() != null) {
      return Verifiers.key(PemFile.publicKey(settings.publicKey()));
    }
    return settings.jwks() == null ? null : new Jwks(settings.jwks());
  }

  @Override
  public void authenticate(String token, Consumer<Verdict> then) {
    if (settings.dev() && token.equals(DEV_TOKEN)) {
      then.accept(new Verdict.Valid(DEV_USER));
    } else if (token.length() > LONGEST) {
      then.accept(new Verdict.Refused(Reason.INVALID));
    } else {
      check(token, then);
    }
  }

  private void check(String token, Consumer<Verdict> then) {
    SignedJWT jwt;
    List<Trust> asked;
    try {
      jwt = SignedJWT.parse(token);
      String issuer = jwt.getJWTClaimsSet().getIssuer();
      asked = trusts.stream().filter(trust -> trust.of(issuer)).toList();
    } catch (ParseException | RuntimeException e) {
      then.accept(invalid(e));
      return;
    }
    if (asked.stream().noneMatch(trust -> trust.verifiers().slow())) {
      then.accept(verdict(asked, jwt));
    } else if (waiting.tryAcquire()) {
      Thread.startVirtualThread(() -> {
        Verdict verdict;
        try {
          verdict = verdict(asked, jwt);
        } finally {
          waiting.release();
        }
        then.accept(verdict);
      });
    } else {
      then.accept(new Verdict.Refused(Reason.INVALID));
    }
  }

  /** One that vouches for it is enough; where none does, the reason that says most. */
  private Verdict verdict(List<Trust> asked, SignedJWT jwt) {
    Verdict verdict = new Verdict.Refused(Reason.INVALID);
    for (Trust trust : asked) {
      Verdict one = verdict(trust, jwt);
      if (one instanceof Verdict.Valid) {
        return one;
      }
      if (!one.equals(new Verdict.Refused(Reason.INVALID))) {
        verdict = one;
      }
    }
    return verdict;
  }

  private Verdict verdict(Trust trust, SignedJWT jwt) {
    try {
      return signed(trust.verifiers(), jwt)
          ? verdict(trust, jwt.getJWTClaimsSet())
          : new Verdict.Refused(Reason.INVALID);
    } catch (ParseException | JOSEException | RuntimeException e) {
      return invalid(e);
    }
  }

  private static Verdict invalid(Exception e) {
    // Its message may quote the token.
    LOG.log(System.Logger.Level.DEBUG, "a token is not valid: {0}", e.getClass().getName());
    return new Verdict.Refused(Reason.INVALID);
  }

  private static boolean signed(Verifiers by, SignedJWT jwt) throws JOSEException {
    JWSHeader header = jwt.getHeader();
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      // No extension of JWS is understood here, and an unknown critical one must be refused.
      return false;
    }
    for (Verifiers.Pinned pinned : by.find(header)) {
      if (pinned.algorithm().equals(header.getAlgorithm()) && jwt.verify(pinned.verifier())) {
        return true;
      }
    }
    return false;
  }

  private Verdict verdict(Trust trust, JWTClaimsSet claims) {
    Principal principal = Claims.principal(claims, trust.roles(), settings.skew());
    Instant now = clock.instant();
    Instant expires = principal.expiresAt();
    Date notBefore = claims.getNotBeforeTime();
    if (expires == null
        || (notBefore != null && notBefore.toInstant().isAfter(now.plus(settings.skew())))
        || (trust.audience() != null && !claims.getAudience().contains(trust.audience()))) {
      return new Verdict.Refused(Reason.INVALID);
    }
    if (!expires.isAfter(now)) {
      return new Verdict.Refused(Reason.EXPIRED);
    }
    if (principal.tokenId() != null && revocations.revoked(principal.tokenId())) {
      return new Verdict.Refused(Reason.REVOKED);
    }
    return new Verdict.Valid(principal);
  }
}
