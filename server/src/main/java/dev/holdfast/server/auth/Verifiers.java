package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;

/** Finds what checks the signature of a token. Any thread. */
@FunctionalInterface
interface Verifiers {

  /** A key and the one algorithm that it is for, whatever a token claims. */
  record Pinned(JWSAlgorithm algorithm, JWSVerifier verifier) {}

  /** The keys that a token with that header may be signed with. May block if {@link #slow}. */
  List<Pinned> find(JWSHeader header) throws JOSEException;

  /** Whether finding one may wait for the network. */
  default boolean slow() {
    return false;
  }

  /** The shared secret of HS256. */
  static Verifiers secret(String secret) {
    try {
      Pinned pinned =
          new Pinned(JWSAlgorithm.HS256, new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)));
      return header -> List.of(pinned);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the secret must have at least 32 bytes", e);
    }
  }

  /** A public key: RSA for RS256, P-256 for ES256, Ed25519 for EdDSA. */
  static Verifiers key(PublicKey key) {
    try {
      Pinned pinned = pin(key);
      return header -> List.of(pinned);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("not a key for RS256, ES256 or EdDSA", e);
    }
  }

  /**
   * Pins a key to its algorithm.
   *
   * @throws JOSEException when it is not of a kind that is known
   */
  static Pinned pin(PublicKey key) throws JOSEException {
    return switch (key) {
      case RSAPublicKey rsa when rsa.getModulus().bitLength() >= 2048 ->
          new Pinned(JWSAlgorithm.RS256, new RSASSAVerifier(rsa));
      case ECPublicKey ec -> {
        ECDSAVerifier verifier = new ECDSAVerifier(ec);
        if (!verifier.supportedJWSAlgorithms().contains(JWSAlgorithm.ES256)) {
          throw new JOSEException("not on the curve P-256");
        }
        yield new Pinned(JWSAlgorithm.ES256, verifier);
      }
      case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") ->
          new Pinned(JWSAlgorithm.EdDSA, new Ed25519.Verifier(ed));
      default -> throw new JOSEException("no RSA key of 2048 bits, P-256 or Ed25519 key");
    };
  }
}
