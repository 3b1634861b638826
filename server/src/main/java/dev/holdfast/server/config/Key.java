package dev.holdfast.server.config;

import static dev.holdfast.server.config.Form.anyText;
import static dev.holdfast.server.config.Form.choice;
import static dev.holdfast.server.config.Form.duration;
import static dev.holdfast.server.config.Form.file;
import static dev.holdfast.server.config.Form.flag;
import static dev.holdfast.server.config.Form.list;
import static dev.holdfast.server.config.Form.ranges;
import static dev.holdfast.server.config.Form.secret;
import static dev.holdfast.server.config.Form.size;
import static dev.holdfast.server.config.Form.table;
import static dev.holdfast.server.config.Form.whole;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that can be configured: the one table of it. Immutable; any thread. */
public enum Key {
  SERVER_HOST("server.host", anyText(), "127.0.0.1", "The address to bind."),
  SERVER_PORT("server.port", whole(0, 65_535), "8079", "The port to bind; 0 for any free one."),
  SERVER_LOOPS("server.loops", whole(0, 1_024), "0", "Event loops; 0 for one per processor."),
  SERVER_MAX_BODY(
      "server.max_body", size("1KiB", "64MiB"), "1MiB", "The largest body of an HTTP request."),
  SERVER_MAX_SOCKETS(
      "server.max_sockets", whole(1, 10_000_000), "60000", "Sockets that are open at once."),
  SERVER_REQUEST_TIMEOUT(
      "server.request_timeout",
      duration("100ms", "10m"),
      "10s",
      "How long a whole HTTP request may take to arrive."),
  SERVER_ALLOWED_ORIGINS(
      "server.allowed_origins",
      list(),
      "",
      "Origins of pages on other hosts that may connect, as browsers write them; * for all."),
  SERVER_TRUSTED_PROXIES(
      "server.trusted_proxies",
      ranges(),
      "",
      "Address ranges, such as 10.0.0.0/8, whose X-Forwarded-For is believed."),
  SERVER_DEFLATE("server.deflate", flag(), "false", "Whether compression of frames is offered."),
  SERVER_DEFLATE_FLOOR(
      "server.deflate_floor", size("0", "1MiB"), "1KiB", "Smaller frames are not compressed."),
  SERVER_DRAIN(
      "server.drain",
      duration("0s", "10m"),
      "5s",
      "Over which time connections are closed when the server is told to stop."),
  SERVER_DATA("server.data", file(), null, "The folder for what is kept across restarts."),
  TLS_CERTIFICATE("tls.certificate", file(), null, "PEM file with the certificate chain."),
  TLS_KEY("tls.key", file(), null, "PEM file with the PKCS#8 key of the certificate."),
  AUTH_SECRET("auth.secret", secret(), null, "The secret of HS256 tokens: at least 32 bytes."),
  AUTH_PUBLIC_KEY(
      "auth.public_key",
      file(),
      null,
      "PEM file with the public key of RS256 (RSA), ES256 (P-256) or EdDSA (Ed25519) tokens."),
  AUTH_JWKS_URL("auth.jwks_url", anyText(), null, "Where a JSON Web Key Set is fetched."),
  AUTH_ISSUER("auth.issuer", anyText(), null, "What the iss of a token must be."),
  AUTH_AUDIENCE("auth.audience", anyText(), null, "What the aud of a token must contain."),
  AUTH_OIDC_ISSUER(
      "auth.oidc_issuer",
      anyText(),
      null,
      "The issuer URL of the OpenID Connect provider where people sign in to the console; its"
          + " tokens are taken beside others."),
  AUTH_OIDC_CLIENT(
      "auth.oidc_client",
      anyText(),
      null,
      "The id of the public client that the console is there."),
  AUTH_OIDC_NAME("auth.oidc_name", anyText(), null, "What people call it; its host if not given."),
  AUTH_OIDC_SCOPES(
      "auth.oidc_scopes",
      list(),
      "openid,profile",
      "What is asked for at sign-in; some providers give refresh tokens for offline_access only."),
  AUTH_OIDC_AUDIENCE(
      "auth.oidc_audience",
      anyText(),
      null,
      "What the aud of its access tokens contains, which are used then; if not given, its ID tokens"
          + " are, whose aud is the client."),
  AUTH_OIDC_ROLES(
      "auth.oidc_roles",
      anyText(),
      "roles",
      "The claim of its tokens that lists roles; dots lead into objects, as in"
          + " realm_access.roles."),
  AUTH_SKEW("auth.skew", duration("0s", "60s"), "0s", "How far clocks may be apart."),
  AUTH_API_KEYS(
      "auth.api_keys",
      table("name", "sha256", "roles", "channels", "publish").masked(),
      "[]",
      "Keys for the HTTP API: a name, the SHA-256 of the key in hex, and any of roles, channels and"
          + " publish (lists; patterns of channels) each."),
  SESSION_HELLO_TIMEOUT(
      "session.hello_timeout",
      duration("10ms", "10m"),
      "10s",
      "How long a connection without a token may take to say connect."),
  SESSION_HEARTBEAT("session.heartbeat", duration("100ms", "1h"), "25s", "Between two pings."),
  SESSION_PONG_TIMEOUT(
      "session.pong_timeout", duration("100ms", "1h"), "10s", "How long a pong may take."),
  SESSION_MAX_IDLE(
      "session.max_idle",
      duration("1s", "24h"),
      "1h",
      "The longest idle limit that a client may ask for."),
  SESSION_RESUME_WINDOW(
      "session.resume_window",
      duration("0s", "24h"),
      "2m",
      "How long a session waits for its client to come back."),
  SESSION_MAX("session.max", whole(1, 10_000_000), "100000", "Sessions, connected or waiting."),
  SESSION_MAX_CONNECTIONS(
      "session.max_connections", whole(1, 10_000_000), "50000", "Connections in all."),
  SESSION_MAX_PER_USER(
      "session.max_per_user", whole(1, 10_000_000), "50000", "Connections of one user."),
  SESSION_MAX_PER_IP(
      "session.max_per_ip", whole(1, 10_000_000), "50000", "Connections of one address."),
  SESSION_CONNECTS_PER_SECOND(
      "session.connects_per_second",
      whole(1, 1_000_000),
      "10000",
      "Handshakes of one address a second; twice that in a burst."),
  SESSION_COMMANDS_PER_SECOND(
      "session.commands_per_second",
      whole(0, 10_000_000),
      "0",
      "Frames of one connection a second; 0 for no limit."),
  SESSION_MAX_FRAME(
      "session.max_frame", size("1KiB", "64MiB"), "64KiB", "The largest frame of a client."),
  SESSION_MAX_ATTACHMENTS(
      "session.max_attachments", whole(1, 1_000_000), "1000", "Feeds that a session reads."),
  SESSION_HISTORY_PAGE(
      "session.history_page", whole(1, 100_000), "1000", "Events in a page of history."),
  SESSION_REMEMBERED_ANSWERS(
      "session.remembered_answers",
      whole(1, 100_000),
      "256",
      "Commands whose answers a session keeps for a client that asks again."),
  SESSION_TOKEN_WARNING(
      "session.token_warning",
      duration("1s", "24h"),
      "60s",
      "How long before its end the holder of a token is told."),
  TIMEOUTS_TOOL("timeouts.tool", duration("1s", "24h"), "120s", "How long a tool may take."),
  TIMEOUTS_GATEWAY(
      "timeouts.gateway",
      duration("1s", "72h"),
      null,
      "How long the gateway waits for a tool; 1.5 times timeouts.tool if not given."),
  TIMEOUTS_PROXY(
      "timeouts.proxy",
      duration("1s", "72h"),
      null,
      "How long a proxy should wait for the gateway; 2 times timeouts.tool if not given."),
  TIMEOUTS_CLIENT(
      "timeouts.client",
      duration("1s", "72h"),
      null,
      "How long a client should wait; 2.5 times timeouts.tool if not given."),
  CHANNELS_MAX("channels.max", whole(1, 10_000_000), "100000", "Channels at once."),
  CHANNELS_LINGER(
      "channels.linger",
      duration("0s", "24h"),
      "5m",
      "How long an empty channel with nothing retained is kept."),
  CHANNELS_EVENTS("channels.events", whole(1, 1 << 24), "10000", "Events that a channel retains."),
  CHANNELS_BYTES("channels.bytes", size("1", "16GiB"), "8MiB", "Bytes that a channel retains."),
  CHANNELS_AGE(
      "channels.age", duration("1ms", "8760h"), "10m", "How long a channel retains an event."),
  CHANNELS_NAMESPACES(
      "channels.namespaces",
      table("pattern", "events", "bytes", "age", "presence", "subscribe", "publish"),
      "[]",
      "Channels with rules of their own: a pattern each, and any of events, bytes, age, presence"
          + " (true or false), subscribe and publish (everyone, claim or admin)."),
  AGENTS_MAX_RUNS("agents.max_runs", whole(1, 1_000_000), "1000", "Runs at once."),
  AGENTS_MAX_RUNS_PER_USER(
      "agents.max_runs_per_user", whole(1, 1_000_000), "20", "Runs of one user at once."),
  AGENTS_MAX_TEXT(
      "agents.max_text",
      size("1KiB", "1GiB"),
      "4MiB",
      "The longest answer of a run, in characters."),
  AGENTS_EVENTS("agents.events", whole(1, 1 << 24), "50000", "Events that a run retains."),
  AGENTS_BYTES("agents.bytes", size("1", "16GiB"), "8MiB", "Bytes that a run retains."),
  AGENTS_KEPT_FOR(
      "agents.kept_for",
      duration("0s", "8760h"),
      "10m",
      "How long a run that has ended can still be read."),
  AGENTS_HEARTBEAT(
      "agents.heartbeat",
      duration("100ms", "1h"),
      "15s",
      "After how long a silence a run gives a sign of life."),
  AGENTS_LIST(
      "agents.list",
      table(AgentTables.COLUMNS),
      "[]",
      "The agents: an id and a type (echo, process or model) each, and what docs/agents.md says."),
  WORKERS_LEASE(
      "workers.lease",
      duration("0s", "1h"),
      "5s",
      "How long a worker may be away before its runs and calls are lost."),
  WORKERS_PATIENCE(
      "workers.patience",
      duration("0s", "1h"),
      "10s",
      "How long a run or a call waits for a worker that has room for it."),
  TERMINALS_MAX("terminals.max", whole(0, 100_000), "200", "Terminals at once; 0 for none."),
  TERMINALS_MAX_PER_USER(
      "terminals.max_per_user", whole(0, 100_000), "20", "Terminals of one user at once."),
  TERMINALS_MILESTONES(
      "terminals.milestones",
      whole(0, 10_000_000),
      "10000",
      "Milestones at once, finished ones too; 0 for none."),
  TERMINALS_MILESTONES_PER_USER(
      "terminals.milestones_per_user",
      whole(0, 10_000_000),
      "1000",
      "Milestones of one user at once."),
  TERMINALS_REPLAY(
      "terminals.replay", size("1KiB", "1GiB"), "256KiB", "Bytes of output that are kept of each."),
  TERMINALS_SCROLLBACK(
      "terminals.scrollback",
      whole(0, 100_000),
      "200",
      "Lines beyond the screen that late viewers are shown."),
  TERMINALS_PATIENCE(
      "terminals.patience",
      duration("100ms", "1h"),
      "10s",
      "How long a program waits for its fastest viewer when that does not move."),
  TERMINALS_INPUT_RATE(
      "terminals.input_rate",
      size("0", "1GiB"),
      "10KiB",
      "What may be typed into each, in bytes a second; more waits; 0 for any number."),
  TERMINALS_INPUT_BURST(
      "terminals.input_burst", size("1", "1GiB"), "64KiB", "What may be typed at once."),
  TERMINALS_SIZES(
      "terminals.sizes",
      choice("latest", "smallest", "typist"),
      "latest",
      "Whose size counts where several watch: that asked for last, the smallest, or that of whoever"
          + " types."),
  TERMINALS_RECORDING(
      "terminals.recording",
      size("0", "1024GiB"),
      "0",
      "The most of a recording in the data folder, for as long as its terminal can be read; 0 for"
          + " none."),
  TERMINALS_FILTER(
      "terminals.filter",
      choice("off", "strict"),
      "off",
      "strict refuses input that sets terminals up: titles, colours, the clipboard, DCS, resets and"
          + " meanings of keys."),
  TERMINALS_IDLE(
      "terminals.idle",
      duration("1s", "8760h"),
      "5m",
      "How long one lives that nobody watches and in which nothing happens."),
  TERMINALS_KEPT_FOR(
      "terminals.kept_for",
      duration("0s", "8760h"),
      "10m",
      "How long one that has ended can still be read."),
  TERMINALS_SHELL(
      "terminals.shell", list(), "/bin/sh,-l", "What is run where nobody names a command."),
  TERMINALS_COMMANDS(
      "terminals.commands", list(), "", "Programs that may be run; all where none is named."),
  TERMINALS_FOLDER("terminals.folder", file(), null, "Where they work unless told otherwise."),
  TERMINALS_ENVIRONMENT(
      "terminals.environment",
      list(),
      "",
      "Variables besides PATH, HOME, USER, LANG, LC_ALL, TZ and TMPDIR: a name is passed on,"
          + " NAME=value is set."),
  TOOLS_HELLO_TIMEOUT(
      "tools.hello_timeout",
      duration("10ms", "10m"),
      "15s",
      "How long a connection to the tools may take to say hello."),
  TOOLS_MAX_FRAME(
      "tools.max_frame", size("1KiB", "256MiB"), "32MiB", "The largest frame of a tool client."),
  TOOLS_MAX_ARGUMENTS(
      "tools.max_arguments", size("1KiB", "256MiB"), "10MiB", "The largest arguments of a call."),
  TOOLS_MAX_CALLS("tools.max_calls", whole(1, 1_000_000), "24", "Calls that run at once."),
  TOOLS_MAX_PER_SESSION(
      "tools.max_per_session", whole(1, 1_000_000), "8", "Calls of one session that run at once."),
  TOOLS_QUEUE_TIMEOUT(
      "tools.queue_timeout",
      duration("0s", "1h"),
      "0s",
      "How long a call waits for its turn where there is no room; 0s refuses it at once."),
  TOOLS_MAX_QUEUED(
      "tools.max_queued", whole(1, 1_000_000), "1000", "Calls that wait for their turn."),
  TOOLS_RATE("tools.rate", whole(0, 100_000_000), "0", "Calls a second in all; 0 for any number."),
  TOOLS_RATE_PER_USER(
      "tools.rate_per_user", whole(0, 100_000_000), "0", "Calls a second of one user."),
  TOOLS_RATE_PER_IP(
      "tools.rate_per_ip", whole(0, 100_000_000), "0", "Calls a second from one address."),
  TOOLS_PROGRESS_INTERVAL(
      "tools.progress_interval",
      duration("100ms", "10s"),
      "8s",
      "After how long a silence a call gives a sign of life."),
  TOOLS_KEPT_FOR(
      "tools.kept_for",
      duration("1s", "8760h"),
      "10m",
      "How long a call that has ended can be asked for again."),
  TOOLS_KEPT("tools.kept", size("1KiB", "64GiB"), "64MiB", "Bytes of such calls, about."),
  TOOLS_CACHE(
      "tools.cache", size("0", "64GiB"), "64MiB", "Bytes of results that stand for later calls."),
  TOOLS_CLIENTS_KEPT(
      "tools.clients_kept",
      duration("1s", "8760h"),
      "10m",
      "How long the figures of a client are kept that calls nothing."),
  TOOLS_SUFFIXES(
      "tools.suffixes",
      list(),
      "_EXAI-WS,-EXAI-WS,_EXAI_WS,-EXAI_WS",
      "What is taken off the names of tools that there are not."),
  TOOLS_UNCOALESCED("tools.uncoalesced", list(), "", "Tools whose identical calls are each made."),
  TOOLS_TOKEN(
      "tools.token",
      secret(),
      null,
      "A token that clients of tools share, besides tokens of their own; 16 characters at least."),
  TOOLS_LOG("tools.log", file(), null, "A file that each call is written to, as lines of JSON."),
  TOOLS_LOG_SIZE(
      "tools.log_size", size("1KiB", "64GiB"), "16MiB", "The size at which it is rotated."),
  TOOLS_LOG_FILES("tools.log_files", whole(1, 1_000), "5", "Rotated files that are kept."),
  TOOLS_PROVIDERS(
      "tools.providers",
      table(ToolTables.COLUMNS),
      "[]",
      "What serves tools: an id and a type (mcp, process or http) each, and what docs/tools.md"
          + " says."),
  DEVICES_MAX("devices.max", whole(0, 10_000_000), "100000", "Devices that are known at once."),
  DEVICES_MAX_PER_USER("devices.max_per_user", whole(0, 10_000_000), "100", "Devices of one user."),
  DEVICES_MAX_COMMANDS(
      "devices.max_commands",
      whole(1, 10_000),
      "64",
      "Commands of one device that have not ended, delivered or not."),
  DEVICES_DEADLINE(
      "devices.deadline",
      duration("1ms", "24h"),
      "30s",
      "When a command ends that has no result, unless it says so itself."),
  DEVICES_HEARTBEAT(
      "devices.heartbeat", duration("100ms", "1h"), "30s", "Between two heartbeats of a device."),
  DEVICES_PATIENCE(
      "devices.patience",
      duration("100ms", "1h"),
      "10s",
      "How late a heartbeat may be before the device is probed, and how long the answer may take."),
  DEVICES_KEPT_FOR(
      "devices.kept_for",
      duration("0s", "8760h"),
      "168h",
      "How long a device that is away is known."),
  DEVICES_RATE(
      "devices.rate",
      whole(0, 1_000_000),
      "50",
      "Frames of one device a second; 0 for any number."),
  DEVICES_EVENTS("devices.events", whole(1, 1 << 24), "500", "Events that a device retains."),
  DEVICES_BYTES(
      "devices.bytes", size("1", "16GiB"), "256KiB", "Bytes of events that a device retains."),
  DEVICES_MEDIA(
      "devices.media",
      file(),
      null,
      "The folder of photos and recordings; media in server.data if not given, and without that a"
          + " folder that goes with the gateway."),
  DEVICES_MEDIA_MAX(
      "devices.media_max", size("1", "1024GiB"), "64MiB", "The largest photo or recording."),
  DEVICES_MEDIA_PER_USER(
      "devices.media_per_user",
      size("1", "1024GiB"),
      "1GiB",
      "Bytes of them that a user may have."),
  DEVICES_MEDIA_TOTAL(
      "devices.media_total", size("1", "1024GiB"), "10GiB", "Bytes of them in all."),
  DEVICES_MEDIA_AGE(
      "devices.media_age", duration("1s", "87600h"), "168h", "How long they are kept."),
  DEVICES_RESTRICTED(
      "devices.restricted",
      list(),
      "",
      "Commands that need the role device:COMMAND on one's own devices too."),
  LOG_FORMAT(
      "log.format", choice("auto", "text", "json"), "auto", "auto: text on a terminal, else json."),
  LOG_LEVEL(
      "log.level", choice("error", "warn", "info", "debug", "trace"), "info", "The least severe.");

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // its function has no state
  private final Form form;

  private final @Nullable String byDefault;
  private final String doc;

  Key(String text, Form form, @Nullable String byDefault, String doc) {
    this.text = text;
    this.form = form;
    this.byDefault = byDefault;
    this.doc = doc;
  }

  /** Its name in the file. */
  public String text() {
    return text;
  }

  /** The environment variable that sets it. */
  public String variable() {
    return "HOLDFAST_" + text.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  public Form form() {
    return form;
  }

  /** Its value where nobody gives one; null for none. */
  public @Nullable String byDefault() {
    return byDefault;
  }

  /** What it is, in one sentence. */
  public String doc() {
    return doc;
  }

  static Optional<Key> of(String text) {
    for (Key key : values()) {
      if (key.text.equals(text)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** The name that is nearest to one that there is not; empty where none is near. */
  static Optional<String> near(String wrong) {
    String best = null;
    int least = Math.max(2, wrong.length() / 4) + 1;
    for (Key key : values()) {
      int steps = distance(wrong, key.text);
      if (steps < least) {
        least = steps;
        best = key.text;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Insertions, deletions and replacements that make one text the other. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[other.length()];
  }
}
