package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.kinds.channel.Namespace;
import dev.holdfast.kinds.channel.Namespace.Access;
import dev.holdfast.server.auth.AuthSettings;
import dev.holdfast.session.Settings;
import dev.holdfast.transport.TransportSettings;
import dev.holdfast.wire.ServerFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;

  @Test
  void withAKeyAloneEverythingIsAsTheRoomsHaveIt() throws ConfigException {
    Config config = load(Map.of());
    assertThat(config.session()).isEqualTo(Settings.DEFAULTS);
    assertThat(config.transport()).isEqualTo(TransportSettings.DEFAULTS);
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.dev()).isFalse();
    assertThat(config.logging()).isEqualTo(new Logging(Logging.Format.AUTO, "info"));
  }

  @Test
  void theFileYieldsToTheEnvironmentAndThatToTheCommandLine() throws Exception {
    Path file = file("server: {port: 1, loops: 1, deflate: true}\nsession.max: 7\n");
    Config config =
        Config.load(
            new Options(file, Map.of("server.port", "3"), false),
            Map.of(
                "HOLDFAST_AUTH_SECRET", SECRET,
                "HOLDFAST_SERVER_PORT", "2",
                "HOLDFAST_SERVER_LOOPS", "2",
                "HOLDFAST_JAVA_OPTS", "-Xmx1g",
                "PATH", "/bin"));
    assertThat(config.transport().port()).isEqualTo(3);
    assertThat(config.transport().loops()).isEqualTo(2);
    assertThat(config.transport().deflate()).isTrue();
    assertThat(config.session().maxSessions()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server.port | 65536 | server.port: '65536' (command line): out of range; expected 0 to 65535
          server.port | http | server.port: 'http' (command line): not a number; expected 0 to 65535
          server.deflate | yes | server.deflate: 'yes' (command line): neither true nor false; expected true or false
          auth.skew | 61s | auth.skew: '61s' (command line): out of range; expected 0s to 60s, as in 500ms, 10s, 2m, 1h, 1d
          auth.skew | 5 | auth.skew: '5' (command line): not a duration; expected 0s to 60s, as in 500ms, 10s, 2m, 1h, 1d
          session.max_frame | 64KB | session.max_frame: '64KB' (command line): not a size; expected 1KiB to 64MiB, as in 512B, 64KiB, 8MiB, 1GiB
          log.level | loud | log.level: 'loud' (command line): none of these; expected error, warn, info, debug, trace
          server.trusted_proxies | '10.0.0.0/8, ::1/128, 10.0.0.1' | server.trusted_proxies: '10.0.0.0/8, ::1/128, 10.0.0.1' (command line): not address/bits; expected address ranges such as 10.0.0.0/8, in one text separated by commas
          sever.port | 1 | sever.port: there is no such key (command line); did you mean server.port?
          zzz | 1 | zzz: there is no such key (command line)
          auth.secret | short | auth.secret: ****** (command line): expected at least 32 bytes, as openssl rand -hex 32 makes
          auth.jwks_url | ftp://a | auth.jwks_url: 'ftp://a': expected an http or https URL
          auth.oidc_issuer | https://a.example | give both of auth.oidc_issuer and auth.oidc_client, or neither
          auth.oidc_client | console | give both of auth.oidc_issuer and auth.oidc_client, or neither
          auth.oidc_scopes | profile | auth.oidc_scopes: 'profile' (command line): expected names of scopes, openid among them
          auth.oidc_scopes | 'openid,a b' | auth.oidc_scopes: 'openid,a b' (command line): expected names of scopes, openid among them
          auth.oidc_roles | ' ' | auth.oidc_roles: ' ' (command line): expected a claim, as in roles or realm_access.roles
          timeouts.gateway | 120s | timeouts.tool: 120s (default) must be shorter than timeouts.gateway: 120s (command line)
          timeouts.client | 4m | timeouts.proxy: 240s (timeouts.tool) must be shorter than timeouts.client: 4m (command line)
          tls.key | k.pem | give both of tls.certificate and tls.key, or neither
          auth.api_keys | '[{name: a}]' | auth.api_keys[0] (command line): sha256 is missing
          agents.list | '[{id: a}]' | agents.list[0] (command line): type is missing
          agents.list | '[{id: a, type: b}]' | agents.list[0] (command line): type is none of echo, process, model
          agents.list | '[{id: a b, type: echo}]' | agents.list[0] (command line): id has white space, or is too long
          agents.list | '[{id: a, type: echo}, {id: a, type: echo}]' | agents.list[1] (command line): there is an agent 'a' already
          agents.list | '[{id: a, type: echo, pause: soon}]' | agents.list[0] (command line): pause is not a duration
          agents.list | '[{id: a, type: process, command: ls}]' | agents.list[0] (command line): command is not a list: the program and its arguments
          agents.list | '[{id: a, type: process, command: [ls], talk: loud}]' | agents.list[0] (command line): talk is none of text, argument, json
          agents.list | '[{id: a, type: model}]' | agents.list[0] (command line): model is missing
          agents.list | '[{id: a, type: model, model: m, provider: p}]' | agents.list[0] (command line): provider 'p' is not known
          agents.list | '[{id: a, type: model, model: m, url: x}]' | agents.list[0] (command line): url is not an http or https URL
          agents.list | '[{id: a, type: model, model: m, memory: 1}]' | agents.list[0] (command line): memory is less than 2
          agents.list | '[{id: a, type: model, model: m, temperature: hot}]' | agents.list[0] (command line): not a number
          agents.list | '[{id: a, type: model, model: m, tools: [{name: a b, agent: c, action: d}]}]' | 'agents.list[0] (command line): tools: name ''a b'' is not 1 to 64 letters, digits, _ or -'
          channels.namespaces | '[{pattern: a, subscribe: all}]' | channels.namespaces[0] (command line): subscribe is none of everyone, claim, admin
          """)
  void aWrongValueIsNamedWithItsSourceAndWhatIsExpected(String key, String value, String problem) {
    Map<String, String> environment =
        key.equals("auth.jwks_url") ? Map.of() : Map.of("HOLDFAST_AUTH_SECRET", SECRET);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.load(new Options(null, Map.of(key, value), false), environment))
        .satisfies(e -> assertThat(e.problems()).containsExactly(problem));
  }

  @ParameterizedTest
  @CsvSource({
    "https://id.example/realms/ours, true",
    "https://id.example:8443/, true",
    "http://127.0.0.1:8080, true",
    "http://localhost:8080/realms/ours, true",
    "http://id.example, false",
    "https://id.example/?a=b, false",
    "https://id.example/#a, false",
    "id.example, false",
    "https:///, false",
    "file:///etc/passwd, false",
    "a b, false",
  })
  void anIssuerIsReachedByHttpsOrIsOnThisMachine(String issuer, boolean fine) {
    Options options =
        new Options(null, Map.of("auth.oidc_issuer", issuer, "auth.oidc_client", "console"), false);
    assertThat(catching(options))
        .isEqualTo(
            fine
                ? List.of()
                : List.of(
                    "auth.oidc_issuer: '%s' (command line): expected an https URL without query and"
                            .formatted(issuer)
                        + " fragment; http on this machine only"));
  }

  @Test
  void aProviderIsCalledByItsHostUnlessItHasAName() throws ConfigException {
    Map<String, String> values =
        Map.of("auth.oidc_issuer", "https://id.example/", "auth.oidc_client", "console");
    assertThat(load(values).auth().openId())
        .isEqualTo(
            new AuthSettings.OpenId(
                "https://id.example/",
                "console",
                "id.example",
                List.of("openid", "profile"),
                null,
                "roles"));
    assertThat(load(Map.of()).auth().openId()).isNull();
  }

  @Test
  void allMistakesOfAllSourcesAreNamedAtOnce() throws IOException {
    Path file = file("server: {prot: 1}\nsession: {max: many}\n");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() ->
            Config.load(
                new Options(file, Map.of("timeouts.tool", "5"), false),
                Map.of("HOLDFAST_SERVER_PROT", "1")))
        .satisfies(e ->
            assertThat(e.problems())
                .containsExactly(
                    "server.prot: there is no such key (" + file + "); did you mean server.port?",
                    "session.max: 'many' (" + file + "): not a number; expected 1 to 10000000",
                    "environment HOLDFAST_SERVER_PROT: there is no such key;"
                        + " did you mean HOLDFAST_SERVER_PORT?",
                    "timeouts.tool: '5' (command line): not a duration; expected 1s to 24h, as"
                        + " in 500ms, 10s, 2m, 1h, 1d",
                    "no key to check tokens with: give auth.secret, auth.public_key, auth.jwks_url"
                        + " or auth.oidc_issuer (or start with --dev to try things out on this"
                        + " machine)"));
  }

  @Test
  void aBrokenFileIsNamedWithItsLineAndNotQuoted() throws IOException {
    Path file = file("auth:\n  secret: \"" + SECRET + "\n");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.load(new Options(file, Map.of(), true), Map.of()))
        .satisfies(e -> assertThat(e.getMessage()).contains(file + " line").doesNotContain(SECRET));
  }

  @Test
  void otherTimeoutsFollowTheToolsUnlessGiven() throws ConfigException {
    assertThat(load(Map.of("timeouts.tool", "1s")).session().timeouts())
        .isEqualTo(new ServerFrame.Timeouts(1_000, 1_500, 2_000, 2_500));
    assertThat(load(Map.of("timeouts.tool", "1001ms")).session().timeouts())
        .isEqualTo(new ServerFrame.Timeouts(1_001, 1_502, 2_002, 2_503));
    assertThat(load(Map.of("timeouts.client", "10m")).session().timeouts())
        .isEqualTo(new ServerFrame.Timeouts(120_000, 180_000, 240_000, 600_000));
  }

  @Test
  void variablesOfTheLauncherAndOfClientsAreNotTakenForSettings() throws ConfigException {
    Config config =
        Config.load(
            new Options(null, Map.of(), true),
            Map.of(
                "HOLDFAST_URL", "ws://somewhere/ws",
                "HOLDFAST_TOKEN", "t",
                "HOLDFAST_JAVA_OPTS", "-Xmx1g"));
    assertThat(config.dev()).isTrue();
  }

  @Test
  void namespacesTakeWhatTheyDoNotSayFromTheChannels() throws Exception {
    Path file =
        file(
            "channels:\n"
                + "  events: 5\n"
                + "  namespaces:\n"
                + "    - {pattern: 'a*', subscribe: everyone, bytes: 1KiB}\n");
    Config config =
        Config.load(new Options(file, Map.of(), false), Map.of("HOLDFAST_AUTH_SECRET", SECRET));
    assertThat(config.channels().namespaces())
        .extracting(Namespace::pattern, Namespace::subscribe, n -> n.retention().bytes())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a*", Access.EVERYONE, 1_024L),
            org.assertj.core.groups.Tuple.tuple("*", Access.CLAIM, 8L << 20));
    assertThat(config.channels().namespaces())
        .allSatisfy(n -> assertThat(n.retention().events()).isEqualTo(5));
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "localhost, true", "::1, true", "0.0.0.0, false", "::, false"})
  void developmentModeBindsToLoopbackOnly(String host, boolean fine) {
    Options options = new Options(null, Map.of("server.host", host), true);
    if (fine) {
      assertThat(catching(options)).isEmpty();
    } else {
      assertThat(catching(options))
          .containsExactly(
              "server.host: '%s' (command line): --dev lets everybody in, so it binds to a loopback"
                      .formatted(host)
                  + " address only; expected 127.0.0.1, ::1 or localhost, or a start without --dev"
                  + " and with a key");
    }
  }

  @Test
  void onlyDevelopmentModeKnowsAnAnonymousUser() throws ConfigException {
    var anonymous = Config.load(new Options(null, Map.of(), true), Map.of()).session().anonymous();
    assertThat(anonymous).isNotNull();
    assertThat(anonymous.userId()).isEqualTo("dev-user");
    assertThat(anonymous.admin()).isTrue();
    assertThat(load(Map.of()).session().anonymous()).isNull();
  }

  @Test
  void noSecretIsInTheTextOfAConfiguration() throws ConfigException {
    assertThat(load(Map.of()).toString()).doesNotContain(SECRET);
  }

  @Test
  void thePageOfTheKeysIsUpToDate() throws IOException {
    Path page = Path.of("../docs/configuration.md");
    assertThat(Files.readString(page))
        .as("renew it: holdfast config --reference > docs/configuration.md")
        .isEqualTo(Reference.page());
  }

  private static List<String> catching(Options options) {
    try {
      Config.load(options, Map.of());
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  private static Config load(Map<String, String> values) throws ConfigException {
    Map<String, String> all = new HashMap<>(values);
    all.put("auth.secret", SECRET);
    return Config.load(new Options(null, all, false), Map.of());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("holdfast.yaml"), text);
  }
}
