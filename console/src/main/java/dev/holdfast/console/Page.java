package dev.holdfast.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The page's files by their paths, each read once. Any thread. */
public final class Page {

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "ts", "text/plain; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** Names that begin with a letter: no dots in a row, nothing hidden, no way out. */
  private static final Pattern PATH =
      Pattern.compile("(/[A-Za-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9-]+)*)+");

  private static final Pattern VERSIONED = Pattern.compile("/console/lib/[a-z-]+-\\d+\\..*");

  private final Map<String, Asset> read = new ConcurrentHashMap<>();

  /**
   * What a browser may do with the page: run and load what this very server sends, and nothing that
   * stands in the page itself or came by a feed.
   *
   * @param origins at which it may fetch something besides
   */
  public static String policy(Collection<String> origins) {
    String connect =
        Stream.concat(Stream.of("'self'"), origins.stream().sorted())
            .collect(Collectors.joining(" "));
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
        + " media-src 'self' blob:; font-src 'self'; connect-src "
        + connect
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        + " require-trusted-types-for 'script'; trusted-types lit-html";
  }

  /**
   * @param path as it is asked for; {@code /} is the page itself
   * @return null where there is none
   */
  public @Nullable Asset find(String path) {
    String file = path.equals("/") ? "/index.html" : path;
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (type == null || !PATH.matcher(file).matches()) {
      return null;
    }
    Asset known = read.get(file);
    if (known == null) {
      known = read(file, type);
      if (known != null) {
        read.put(file, known);
      }
    }
    return known;
  }

  private static @Nullable Asset read(String file, String type) {
    try (InputStream in = Page.class.getResourceAsStream("page" + file)) {
      if (in == null) {
        return null;
      }
      byte[] body = in.readAllBytes();
      byte[] zipped = zip(body);
      return new Asset(
          type,
          body,
          zipped.length < body.length ? zipped : null,
          "W/\"" + digest(body) + "\"",
          VERSIONED.matcher(file).matches());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] zip(byte[] body) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream(body.length / 2);
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(body);
    }
    return zipped.toByteArray();
  }

  private static String digest(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
