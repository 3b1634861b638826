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
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks JSON Web TokenAuthenticator, and the development token. Any thread. */
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

  private final AuthSettings settings;
  private final @Nullable Verifiers verifiers;
  private final Revocations revocations;
  private final InstantSource clock;
  private final Semaphore waiting = new Semaphore(WAITING);

  /**
   * @throws IOException when the public key can't be read
   */
  public TokenAuthenticator(AuthSettings settings, Revocations revocations, InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.verifiers = verifiers(settings);
    this.revocations = revocations;
    this.clock = clock;
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
    } else if (verifiers == null || token.length() > LONGEST) {
      then.accept(new Verdict.Refused(Reason.INVALID));
    } else if (!verifiers.slow()) {
      then.accept(verdict(verifiers, token));
    } else if (waiting.tryAcquire()) {
      Thread.startVirtualThread(() -> {
        Verdict verdict;
        try {
          verdict = verdict(verifiers, token);
        } finally {
          waiting.release();
        }
        then.accept(verdict);
      });
    } else {
      then.accept(new Verdict.Refused(Reason.INVALID));
    }
  }

  private Verdict verdict(Verifiers by, String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      return signed(by, jwt) ? verdict(jwt.getJWTClaimsSet()) : new Verdict.Refused(Reason.INVALID);
    } catch (ParseException | JOSEException | RuntimeException e) {
      // Its message may quote the token.
      LOG.log(System.Logger.Level.DEBUG, "a token is not valid: {0}", e.getClass().getName());
      return new Verdict.Refused(Reason.INVALID);
    }
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

  private Verdict verdict(JWTClaimsSet claims) {
    Principal principal = Claims.principal(claims, settings.skew());
    Instant now = clock.instant();
    Instant expires = principal.expiresAt();
    Date notBefore = claims.getNotBeforeTime();
    if (expires == null
        || (notBefore != null && notBefore.toInstant().isAfter(now.plus(settings.skew())))
        || (settings.issuer() != null && !settings.issuer().equals(claims.getIssuer()))
        || (settings.audience() != null && !claims.getAudience().contains(settings.audience()))) {
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
