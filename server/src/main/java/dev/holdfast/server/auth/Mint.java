package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;

/** Makes tokens, for trying things out and for tests. Immutable; any thread. */
public final class Mint {

  private final JWSAlgorithm algorithm;
  private final JWSSigner signer;

  private Mint(JWSAlgorithm algorithm, JWSSigner signer) {
    this.algorithm = algorithm;
    this.signer = signer;
  }

  /**
   * One that signs by HS256.
   *
   * @throws IllegalArgumentException when the secret has under 32 bytes
   */
  public static Mint ofSecret(String secret) {
    try {
      return new Mint(JWSAlgorithm.HS256, new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the secret must have at least 32 bytes", e);
    }
  }

  /**
   * One that signs with the private key in a PEM file.
   *
   * @throws IOException when the file can't be read or holds no RSA, P-256 or Ed25519 key
   */
  public static Mint ofKey(Path pem) throws IOException {
    return of(PemFile.privateKey(pem));
  }

  static Mint of(PrivateKey key) throws IOException {
    try {
      return switch (key) {
        case RSAPrivateKey rsa -> new Mint(JWSAlgorithm.RS256, new RSASSASigner(rsa));
        case ECPrivateKey ec -> new Mint(JWSAlgorithm.ES256, new ECDSASigner(ec));
        case EdECPrivateKey ed -> new Mint(JWSAlgorithm.EdDSA, new Ed25519.Signer(ed));
        default -> throw new IOException("no RSA, P-256 or Ed25519 key");
      };
    } catch (JOSEException e) {
      throw new IOException("not a key for RS256, ES256 or EdDSA", e);
    }
  }

  /** A signed token with those claims. */
  public String sign(JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).build(), claims);
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("can't sign", e);
    }
  }
}
