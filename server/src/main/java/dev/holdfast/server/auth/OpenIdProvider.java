package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import dev.holdfast.server.auth.AuthSettings.OpenId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenID Connect provider, known by what it publishes of itself (OpenID Connect Discovery 1.0):
 * asked when that is first needed, again each hour, and again soon where it does not answer; what
 * it said last holds until then. Any thread.
 */
public final class OpenIdProvider implements Verifiers {

  private static final System.Logger LOG = System.getLogger(OpenIdProvider.class.getName());
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

  /** What a provider says of itself. */
  public record Metadata(
      URI authorizationEndpoint,
      URI tokenEndpoint,
      URI jwksUri,
      @Nullable URI endSessionEndpoint,
      @Nullable URI revocationEndpoint) {}

  /**
   * What is known.
   *
   * @param until when it is asked again
   */
  private record Known(
      @Nullable Metadata metadata, @Nullable Jwks keys, @Nullable String problem, Instant until) {}

  private final OpenId settings;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Known known = new Known(null, null, null, Instant.MIN);

  OpenIdProvider(OpenId settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  public OpenId settings() {
    return settings;
  }

  /** Whether nobody on the way can read or change what is sent there. */
  public static boolean safe(URI uri) {
    return uri.getHost() != null
        && ("https".equals(uri.getScheme())
            || ("http".equals(uri.getScheme()) && HERE.contains(uri.getHost())));
  }

  /** Asks it before anybody needs it, on a thread of its own. */
  public void prepare() {
    Thread.ofVirtual().name("openid").start(this::known);
  }

  /**
   * What it says of itself. May block for as long as it takes to ask it.
   *
   * @throws IOException saying in plain words why it can't be used
   */
  public Metadata metadata() throws IOException {
    Known now = known();
    if (now.metadata() == null) {
      throw new IOException(now.problem());
    }
    return now.metadata();
  }

  /**
   * The origins at which the page has to fetch something, as far as they are known. Never blocks.
   */
  public Set<String> origins() {
    Metadata metadata = known.metadata();
    return metadata == null
        ? Set.of()
        : Stream.of(metadata.tokenEndpoint(), metadata.revocationEndpoint())
            .filter(Objects::nonNull)
            .map(OpenIdProvider::origin)
            .collect(Collectors.toUnmodifiableSet());
  }

  private static String origin(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port;
  }

  @Override
  public boolean slow() {
    return true;
  }

  @Override
  public List<Pinned> find(JWSHeader header) throws JOSEException {
    Jwks keys = known().keys();
    return keys == null ? List.of() : keys.find(header);
  }

  private Known known() {
    Known last = known;
    if (clock.instant().isBefore(last.until())) {
      return last;
    }
    if (last.metadata() == null) {
      asking.lock();
    } else if (!asking.tryLock()) {
      return last;
    }
    try {
      if (!clock.instant().isBefore(known.until())) {
        known = ask(known);
      }
      return known;
    } finally {
      asking.unlock();
    }
  }

  private Known ask(Known last) {
    String base = settings.issuer().replaceFirst("/$", "");
    URI document = URI.create(base + "/.well-known/openid-configuration");
    try {
      Metadata metadata = read(Fetch.text(document));
      boolean same =
          last.metadata() != null && last.metadata().jwksUri().equals(metadata.jwksUri());
      if (last.metadata() == null) {
        LOG.log(System.Logger.Level.INFO, "people sign in at {0}", settings.issuer());
      }
      return new Known(
          metadata,
          same ? last.keys() : new Jwks(metadata.jwksUri()),
          null,
          clock.instant().plus(FRESH));
    } catch (IOException e) {
      String problem = document + ": " + e.getMessage();
      if (!problem.equals(last.problem())) {
        LOG.log(System.Logger.Level.WARNING, "the OpenID Connect provider: {0}", problem);
      }
      return new Known(last.metadata(), last.keys(), problem, clock.instant().plus(PAUSE));
    }
  }

  private Metadata read(String document) throws IOException {
    JsonNode said;
    try {
      said = JSON.readTree(document);
    } catch (JacksonException e) {
      throw new IOException("it is no JSON", e);
    }
    String issuer = said.path("issuer").asString("");
    if (!issuer.equals(settings.issuer())) {
      throw new IOException(
          "its issuer is '" + brief(issuer) + "', and auth.oidc_issuer must be just that");
    }
    JsonNode methods = said.path("code_challenge_methods_supported");
    if (methods.isArray() && methods.valueStream().noneMatch(m -> m.asString("").equals("S256"))) {
      throw new IOException("it does not offer PKCE with S256");
    }
    return new Metadata(
        endpoint(said, "authorization_endpoint"),
        endpoint(said, "token_endpoint"),
        endpoint(said, "jwks_uri"),
        said.has("end_session_endpoint") ? endpoint(said, "end_session_endpoint") : null,
        said.has("revocation_endpoint") ? endpoint(said, "revocation_endpoint") : null);
  }

  /** What somebody else has written, as it may stand in a line of a log. */
  private static String brief(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  private static URI endpoint(JsonNode said, String name) throws IOException {
    try {
      URI uri = URI.create(said.path(name).asString(""));
      if (safe(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw new IOException("its " + name + " is missing, or no https URL");
  }
}
