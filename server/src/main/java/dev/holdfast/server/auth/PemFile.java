package dev.holdfast.server.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Reads PEM files with one key. Any thread. */
final class PemFile {

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private PemFile() {}

  /**
   * An RSA, EC or Ed25519 public key.
   *
   * @throws IOException when the file can't be read or holds none
   */
  static PublicKey publicKey(Path file) throws IOException {
    byte[] der = der(file, "PUBLIC KEY");
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException _) {
        // Not of this kind: the next one.
      }
    }
    throw new IOException(file + " holds no RSA, EC or Ed25519 public key");
  }

  /**
   * An RSA, EC or Ed25519 private key, as PKCS#8.
   *
   * @throws IOException when the file can't be read or holds none
   */
  static PrivateKey privateKey(Path file) throws IOException {
    byte[] der = der(file, "PRIVATE KEY");
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException _) {
        // Not of this kind: the next one.
      }
    }
    throw new IOException(file + " holds no RSA, EC or Ed25519 private key");
  }

  private static byte[] der(Path file, String label) throws IOException {
    String text = Files.readString(file);
    String begin = "-----BEGIN " + label + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      throw new IOException(file + " holds no " + begin);
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no PEM file", e);
    }
  }
}
