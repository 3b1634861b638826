package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a JSON Web Key Set: kept for five minutes, fetched anew for a key that is unknown,
 * but not more than twice in thirty seconds; the last ones serve for an hour while the set can't be
 * fetched. Any thread; blocks while it fetches.
 */
final class Jwks implements Verifiers {

  private static final long KEEP_MILLIS = 300_000;
  private static final long WAIT_MILLIS = 10_000;
  private static final long RATE_MILLIS = 30_000;
  private static final long OUTAGE_MILLIS = 3_600_000;

  /** What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo. */
  private static final byte[] ED25519_INFO = HexFormat.of().parseHex("302a300506032b6570032100");

  private final JWKSource<SecurityContext> source;

  Jwks(URI uri) {
    try {
      source =
          JWKSourceBuilder.create(uri.toURL(), url -> new Resource(Fetch.text(uri), null))
              .cache(KEEP_MILLIS, WAIT_MILLIS)
              .refreshAheadCache(false)
              .rateLimited(RATE_MILLIS)
              .outageTolerant(OUTAGE_MILLIS)
              .build();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a URL that can be fetched", e);
    }
  }

  @Override
  public boolean slow() {
    return true;
  }

  @Override
  public List<Pinned> find(JWSHeader header) throws JOSEException {
    JWKMatcher.Builder wanted = new JWKMatcher.Builder().keyUses(KeyUse.SIGNATURE, null);
    if (header.getKeyID() != null) {
      wanted.keyID(header.getKeyID());
    }
    List<Pinned> found = new ArrayList<>();
    for (JWK key : source.get(new JWKSelector(wanted.build()), null)) {
      Pinned pinned = pinned(key);
      if (pinned != null
          && (key.getAlgorithm() == null || key.getAlgorithm().equals(pinned.algorithm()))) {
        found.add(pinned);
      }
    }
    return found;
  }

  private static @Nullable Pinned pinned(JWK key) {
    try {
      return switch (key) {
        case OctetKeyPair ed when Curve.Ed25519.equals(ed.getCurve()) ->
            Verifiers.pin(ed25519(ed.getDecodedX()));
        case OctetKeyPair _ -> null;
        case AsymmetricJWK pair -> Verifiers.pin(pair.toPublicKey());
        default -> null;
      };
    } catch (JOSEException | GeneralSecurityException _) {
      // A key of another kind beside ours is no error.
      return null;
    }
  }

  private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
    byte[] info = new byte[ED25519_INFO.length + x.length];
    System.arraycopy(ED25519_INFO, 0, info, 0, ED25519_INFO.length);
    System.arraycopy(x, 0, info, ED25519_INFO.length, x.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
  }
}
