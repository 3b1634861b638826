package dev.holdfast.server.config;

import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.agent.AgentSettings;
import dev.holdfast.kinds.channel.ChannelSettings;
import dev.holdfast.kinds.device.DeviceSettings;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.kinds.terminal.SizePolicy;
import dev.holdfast.kinds.terminal.TerminalSettings;
import dev.holdfast.kinds.tool.ToolSettings;
import dev.holdfast.server.auth.AuthSettings;
import dev.holdfast.server.auth.SharedToken;
import dev.holdfast.server.auth.TokenAuthenticator;
import dev.holdfast.session.Settings;
import dev.holdfast.transport.TransportSettings;
import dev.holdfast.wire.ServerFrame;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a server is started with. Immutable; any thread.
 *
 * @param dev whether it is in development mode
 * @param drain over which time connections are closed at the end
 * @param data the folder for what is kept across restarts; null for none
 */
public record Config(
    boolean dev,
    TransportSettings transport,
    Settings session,
    ChannelSettings channels,
    AgentConfig agents,
    WorkerConfig workers,
    TerminalSettings terminals,
    ToolConfig tools,
    DeviceConfig devices,
    AuthSettings auth,
    Duration drain,
    @Nullable Path data,
    Logging logging) {

  /** Output is kept by its bytes. */
  private static final int MOST_EVENTS = 1 << 24;

  /** The events of a run stay for as long as it does. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /**
   * Reads the file, the environment and the command line, the later ones winning.
   *
   * @throws ConfigException with all that is wrong, at once
   */
  public static Config load(Options cli, Map<String, String> environment) throws ConfigException {
    return of(Values.read(cli, environment), cli.dev());
  }

  /**
   * Makes it of values.
   *
   * @throws ConfigException with all that is wrong with them, or does not go together
   */
  public static Config of(Values values, boolean dev) throws ConfigException {
    List<String> problems = new ArrayList<>(values.problems());
    ServerFrame.Timeouts timeouts = timeouts(values, problems);
    AuthSettings auth = AuthValues.auth(values, dev, problems);
    TransportSettings transport = transport(values, problems);
    ChannelSettings channels = Tables.channels(values, problems);
    AgentConfig agents = agents(values, problems);
    TerminalSettings terminals = terminals(values, problems);
    ToolConfig tools = tools(values, problems);
    if (dev && !loopback(transport.host())) {
      problems.add(
          "server.host: '%s' (%s): --dev lets everybody in, so it binds to a loopback address only;"
                  .formatted(transport.host(), values.origin(Key.SERVER_HOST))
              + " expected 127.0.0.1, ::1 or localhost, or a start without --dev and with a key");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Config(
        dev,
        transport,
        session(values, dev, timeouts),
        channels,
        agents,
        new WorkerConfig(values.duration(Key.WORKERS_LEASE), values.duration(Key.WORKERS_PATIENCE)),
        terminals,
        tools,
        devices(values),
        auth,
        values.duration(Key.SERVER_DRAIN),
        values.pathOrNull(Key.SERVER_DATA),
        new Logging(
            Logging.Format.valueOf(values.text(Key.LOG_FORMAT).toUpperCase(Locale.ROOT)),
            values.text(Key.LOG_LEVEL)));
  }

  private static boolean loopback(String host) {
    try {
      return Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException _) {
      return false;
    }
  }

  private static ServerFrame.Timeouts timeouts(Values values, List<String> problems) {
    shorter(values, Key.TIMEOUTS_TOOL, Key.TIMEOUTS_GATEWAY, problems);
    shorter(values, Key.TIMEOUTS_GATEWAY, Key.TIMEOUTS_PROXY, problems);
    shorter(values, Key.TIMEOUTS_PROXY, Key.TIMEOUTS_CLIENT, problems);
    return new ServerFrame.Timeouts(
        values.duration(Key.TIMEOUTS_TOOL).toMillis(),
        values.duration(Key.TIMEOUTS_GATEWAY).toMillis(),
        values.duration(Key.TIMEOUTS_PROXY).toMillis(),
        values.duration(Key.TIMEOUTS_CLIENT).toMillis());
  }

  private static void shorter(Values values, Key one, Key other, List<String> problems) {
    if (values.right(one, other) && values.duration(one).compareTo(values.duration(other)) >= 0) {
      problems.add(
          "%s: %s (%s) must be shorter than %s: %s (%s)"
              .formatted(
                  one.text(),
                  values.written(one),
                  values.origin(one),
                  other.text(),
                  values.written(other),
                  values.origin(other)));
    }
  }

  private static AgentConfig agents(Values values, List<String> problems) {
    return new AgentConfig(
        new AgentSettings(
            values.whole(Key.AGENTS_MAX_RUNS),
            values.whole(Key.AGENTS_MAX_RUNS_PER_USER),
            (int) Math.min(Integer.MAX_VALUE, values.size(Key.AGENTS_MAX_TEXT)),
            new Retention(values.whole(Key.AGENTS_EVENTS), values.size(Key.AGENTS_BYTES), FOR_EVER),
            values.duration(Key.AGENTS_KEPT_FOR),
            values.duration(Key.AGENTS_HEARTBEAT)),
        AgentTables.agents(values, problems));
  }

  private static TerminalSettings terminals(Values values, List<String> problems) {
    long recorded = values.size(Key.TERMINALS_RECORDING);
    Path data = values.pathOrNull(Key.SERVER_DATA);
    if (recorded > 0 && data == null) {
      problems.add("terminals.recording: recordings need a folder: give server.data");
    }
    return new TerminalSettings(
        values.whole(Key.TERMINALS_MAX),
        values.whole(Key.TERMINALS_MAX_PER_USER),
        values.whole(Key.TERMINALS_MILESTONES),
        values.whole(Key.TERMINALS_MILESTONES_PER_USER),
        new Retention(MOST_EVENTS, values.size(Key.TERMINALS_REPLAY), FOR_EVER),
        values.whole(Key.TERMINALS_SCROLLBACK),
        values.duration(Key.TERMINALS_IDLE),
        values.duration(Key.TERMINALS_KEPT_FOR),
        values.duration(Key.TERMINALS_PATIENCE),
        values.size(Key.TERMINALS_INPUT_RATE),
        values.size(Key.TERMINALS_INPUT_BURST),
        SizePolicy.valueOf(values.text(Key.TERMINALS_SIZES).toUpperCase(Locale.ROOT)),
        values.text(Key.TERMINALS_FILTER).equals("strict"),
        recorded == 0 || data == null ? null : data.resolve("recordings"),
        recorded,
        values.list(Key.TERMINALS_SHELL),
        values.list(Key.TERMINALS_COMMANDS),
        values.pathOrNull(Key.TERMINALS_FOLDER),
        Environment.passed(values.list(Key.TERMINALS_ENVIRONMENT), System.getenv()));
  }

  private static DeviceConfig devices(Values values) {
    Path media = values.pathOrNull(Key.DEVICES_MEDIA);
    Path data = values.pathOrNull(Key.SERVER_DATA);
    return new DeviceConfig(
        new DeviceSettings(
            values.duration(Key.DEVICES_HEARTBEAT),
            values.duration(Key.DEVICES_PATIENCE),
            values.duration(Key.DEVICES_KEPT_FOR),
            values.whole(Key.DEVICES_MAX),
            values.whole(Key.DEVICES_MAX_PER_USER),
            values.whole(Key.DEVICES_MAX_COMMANDS),
            values.duration(Key.DEVICES_DEADLINE),
            values.whole(Key.DEVICES_RATE),
            new Retention(
                values.whole(Key.DEVICES_EVENTS), values.size(Key.DEVICES_BYTES), FOR_EVER)),
        Set.copyOf(values.list(Key.DEVICES_RESTRICTED)),
        media == null && data != null ? data.resolve("media") : media,
        new Uploads.Bounds(
            values.size(Key.DEVICES_MEDIA_MAX),
            values.size(Key.DEVICES_MEDIA_PER_USER),
            values.size(Key.DEVICES_MEDIA_TOTAL),
            values.duration(Key.DEVICES_MEDIA_AGE)));
  }

  private static ToolConfig tools(Values values, List<String> problems) {
    String token = values.textOrNull(Key.TOOLS_TOKEN);
    if (token != null && token.length() < SharedToken.LEAST) {
      problems.add(
          "tools.token: ****** (%s): expected at least %d characters"
              .formatted(values.origin(Key.TOOLS_TOKEN), SharedToken.LEAST));
    }
    Path log = values.pathOrNull(Key.TOOLS_LOG);
    List<ProviderSpec> providers = ToolTables.providers(values, problems);
    if (values.right(Key.TIMEOUTS_GATEWAY)) {
      Duration gateway = values.duration(Key.TIMEOUTS_GATEWAY);
      for (ProviderSpec provider : providers) {
        provider
            .settings()
            .tools()
            .forEach((name, traits) -> {
              Duration own = traits.timeout();
              if (own != null && own.compareTo(gateway) >= 0) {
                problems.add(
                    "tools.providers: the timeout %s of %s of %s must be shorter than %s: %s"
                        .formatted(
                            own,
                            name,
                            provider.id(),
                            Key.TIMEOUTS_GATEWAY.text(),
                            values.written(Key.TIMEOUTS_GATEWAY)));
              }
            });
      }
    }
    return new ToolConfig(
        new ToolSettings(
            values.whole(Key.TOOLS_MAX_CALLS),
            values.whole(Key.TOOLS_MAX_PER_SESSION),
            values.duration(Key.TOOLS_QUEUE_TIMEOUT),
            values.whole(Key.TOOLS_MAX_QUEUED),
            values.whole(Key.TOOLS_RATE),
            values.whole(Key.TOOLS_RATE_PER_USER),
            values.whole(Key.TOOLS_RATE_PER_IP),
            values.size(Key.TOOLS_MAX_ARGUMENTS),
            values.duration(Key.TIMEOUTS_TOOL),
            values.duration(Key.TOOLS_PROGRESS_INTERVAL),
            values.duration(Key.TOOLS_KEPT_FOR),
            values.size(Key.TOOLS_KEPT),
            values.size(Key.TOOLS_CACHE),
            values.duration(Key.TOOLS_CLIENTS_KEPT),
            values.list(Key.TOOLS_SUFFIXES),
            values.list(Key.TOOLS_UNCOALESCED)),
        providers,
        token,
        log == null
            ? null
            : new ToolConfig.Log(
                log, values.size(Key.TOOLS_LOG_SIZE), values.whole(Key.TOOLS_LOG_FILES)));
  }

  private static TransportSettings transport(Values values, List<String> problems) {
    Path certificate = values.pathOrNull(Key.TLS_CERTIFICATE);
    Path key = values.pathOrNull(Key.TLS_KEY);
    if ((certificate == null) != (key == null)) {
      problems.add("give both of tls.certificate and tls.key, or neither");
    }
    return new TransportSettings(
        values.text(Key.SERVER_HOST),
        values.whole(Key.SERVER_PORT),
        values.whole(Key.SERVER_LOOPS),
        (int) values.size(Key.SESSION_MAX_FRAME),
        (int) values.size(Key.TOOLS_MAX_FRAME),
        (int) values.size(Key.SERVER_MAX_BODY),
        values.whole(Key.SERVER_MAX_SOCKETS),
        values.duration(Key.SERVER_REQUEST_TIMEOUT),
        values.list(Key.SERVER_ALLOWED_ORIGINS),
        values.list(Key.SERVER_TRUSTED_PROXIES),
        values.flag(Key.SERVER_DEFLATE),
        (int) values.size(Key.SERVER_DEFLATE_FLOOR),
        certificate == null || key == null ? null : new TransportSettings.Tls(certificate, key));
  }

  private static Settings session(Values values, boolean dev, ServerFrame.Timeouts timeouts) {
    return new Settings(
        values.duration(Key.SESSION_HELLO_TIMEOUT),
        values.duration(Key.TOOLS_HELLO_TIMEOUT),
        values.duration(Key.SESSION_HEARTBEAT),
        values.duration(Key.SESSION_PONG_TIMEOUT),
        values.duration(Key.SESSION_MAX_IDLE),
        values.duration(Key.SESSION_RESUME_WINDOW),
        values.whole(Key.SESSION_MAX),
        values.whole(Key.SESSION_MAX_CONNECTIONS),
        values.whole(Key.SESSION_MAX_PER_USER),
        values.whole(Key.SESSION_MAX_PER_IP),
        values.whole(Key.SESSION_CONNECTS_PER_SECOND),
        values.whole(Key.SESSION_COMMANDS_PER_SECOND),
        (int) values.size(Key.SESSION_MAX_FRAME),
        values.whole(Key.SESSION_MAX_ATTACHMENTS),
        values.whole(Key.SESSION_HISTORY_PAGE),
        values.whole(Key.SESSION_REMEMBERED_ANSWERS),
        values.duration(Key.SESSION_TOKEN_WARNING),
        timeouts,
        dev ? TokenAuthenticator.DEV_USER : null);
  }
}
