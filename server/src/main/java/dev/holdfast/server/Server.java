package dev.holdfast.server;

import dev.holdfast.feed.Engine;
import dev.holdfast.kinds.agent.AgentWorkers;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.model.Conversations;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.common.Workers;
import dev.holdfast.kinds.device.Backlog;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Pairing;
import dev.holdfast.kinds.device.Pairings;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.kinds.terminal.Milestones;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.tool.CallLog;
import dev.holdfast.kinds.tool.ToolWorkers;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.agent.AgentCommands;
import dev.holdfast.server.agent.AgentFeeds;
import dev.holdfast.server.agent.ChannelPublisher;
import dev.holdfast.server.agent.Offers;
import dev.holdfast.server.auth.ApiKeys;
import dev.holdfast.server.auth.Revocations;
import dev.holdfast.server.auth.SharedToken;
import dev.holdfast.server.auth.TokenAuthenticator;
import dev.holdfast.server.channel.ChannelCommands;
import dev.holdfast.server.channel.ChannelFeeds;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.ToolConfig;
import dev.holdfast.server.device.DeviceCommands;
import dev.holdfast.server.device.DeviceFeeds;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.server.device.DeviceTokens;
import dev.holdfast.server.http.HttpApi;
import dev.holdfast.server.http.Parts;
import dev.holdfast.server.mcp.McpEndpoint;
import dev.holdfast.server.metrics.Metrics;
import dev.holdfast.server.metrics.StatsFeed;
import dev.holdfast.server.terminal.TerminalCommands;
import dev.holdfast.server.terminal.TerminalFeeds;
import dev.holdfast.server.terminal.TerminalGreeter;
import dev.holdfast.server.tool.CallLogFile;
import dev.holdfast.server.tool.Supply;
import dev.holdfast.server.tool.ToolCommands;
import dev.holdfast.server.tool.ToolFeeds;
import dev.holdfast.server.tool.ToolJson;
import dev.holdfast.server.worker.WorkerFeeds;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Gateway;
import dev.holdfast.transport.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running gateway: everything joined together. Any thread. */
public final class Server implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Server.class.getName());

  private static final List<Endpoint> ENDPOINTS =
      List.of(
          Endpoint.WS,
          Endpoint.CHAT,
          Endpoint.AGENT_STREAM,
          Endpoint.AGENT_EXECUTE,
          Endpoint.TOOLS,
          Endpoint.ROOT,
          Endpoint.DEVICE,
          Endpoint.TERMINAL,
          Endpoint.TERMINAL_ID,
          Endpoint.MILESTONE);

  private static final Duration TICK = Duration.ofMillis(100);

  private final Gateway gateway;
  private final Agents agents;
  private final Terminals terminals;
  private final Milestones milestones;
  private final Revocations revocations;
  private final Pairings pairings;
  private final Uploads uploads;
  private final @Nullable Backlog backlog;
  private final Tools tools;
  private final McpEndpoint mcp;
  private final StatsFeed stats;
  private final @Nullable CallLogFile callLog;
  private final HttpApi api;
  private final Listener listener;
  private final Metrics metrics;
  private final ScheduledExecutorService timer;
  private volatile boolean ready = true;

  private Server(Config config, InstantSource clock) throws IOException {
    SecureRandom random = new SecureRandom();
    Engine engine = Engine.inMemory(clock, () -> epoch(random));
    Channels channels = new Channels(engine, config.channels(), clock, random::nextLong);
    ChannelPublisher publisher = new ChannelPublisher(channels);
    timer = Executors.newSingleThreadScheduledExecutor(Server::timerThread);
    metrics = new Metrics();
    agents =
        new Agents(
            engine, config.agents().settings(), clock, random::nextLong, timer, publisher, metrics);
    Workers workers =
        new Workers(
            engine, config.workers().lease(), config.workers().patience(), clock, random::nextLong);
    Path data = config.data();
    Conversations conversations =
        new Conversations(data == null ? null : data.resolve("conversations"));
    new Offers(agents, conversations, System.getenv())
        .offer(config.agents().agents(), config.dev());
    terminals = new Terminals(engine, config.terminals(), clock, random::nextLong);
    milestones =
        new Milestones(
            terminals,
            config.terminals(),
            data == null ? null : data.resolve("holdfast.db"),
            random::nextLong);
    ToolConfig.Log log = config.tools().log();
    callLog = log == null ? null : new CallLogFile(log, clock);
    tools =
        new Tools(
            engine,
            config.tools().settings(),
            clock,
            random::nextLong,
            timer,
            callLog == null ? CallLog.NONE : callLog);
    ToolJson toolJson = new ToolJson(tools, this::sessions);
    ToolWorkers toolWorkers = new ToolWorkers(tools, workers, random::nextLong);
    new Supply(tools, toolWorkers, agents, System.getenv())
        .add(config.tools().providers(), toolJson, config.dev());
    revocations =
        data == null
            ? new Revocations(clock, Revocations.MOST)
            : new Revocations(data.resolve("holdfast.db"), clock, Revocations.MOST);
    TokenAuthenticator tokens = new TokenAuthenticator(config.auth(), revocations, clock);
    SharedToken shared = new SharedToken(tokens, config.tools().token());
    pairings =
        new Pairings(
            data == null ? null : data.resolve("holdfast.db"),
            clock,
            random::nextLong,
            publisher,
            this::unpaired,
            config.devices().settings().maxPerUser());
    DeviceTokens authenticator = new DeviceTokens(shared, pairings);
    uploads =
        new Uploads(config.devices().media(), config.devices().bounds(), clock, random::nextLong);
    backlog = data == null ? null : new Backlog(data.resolve("holdfast.db"));
    Devices devices =
        new Devices(
            engine,
            config.devices().settings(),
            clock,
            System::nanoTime,
            random::nextLong,
            publisher,
            uploads,
            backlog);
    DeviceRights deviceRights = new DeviceRights(config.devices().restricted());
    DeviceCommands deviceCommands = new DeviceCommands(devices, deviceRights, clock);
    Kinds kinds =
        new Kinds(
            new ChannelCommands(channels),
            new ChannelFeeds(channels),
            new AgentCommands(agents, new AgentWorkers(agents, workers), channels),
            new AgentFeeds(agents),
            new TerminalCommands(terminals),
            new TerminalFeeds(terminals),
            new ToolCommands(tools, toolWorkers, toolJson, shared::rotate),
            new ToolFeeds(tools),
            new WorkerFeeds(workers),
            deviceCommands,
            new DeviceFeeds(devices, deviceRights, deviceCommands),
            this::statsFeed);
    gateway =
        new Gateway(
            config.session(),
            authenticator,
            kinds,
            kinds,
            new TerminalGreeter(terminals, milestones),
            metrics,
            clock,
            System::nanoTime,
            random::nextLong);
    mcp = new McpEndpoint(tools);
    stats = new StatsFeed(engine, metrics, gateway, tools, devices);
    Parts parts =
        new Parts(
            channels,
            agents,
            terminals,
            milestones,
            tools,
            toolJson,
            devices,
            pairings,
            uploads,
            deviceRights,
            deviceCommands,
            mcp,
            stats,
            gateway,
            tokens.openId(),
            () -> ready,
            metrics::scrape,
            (tokenId, end) -> {
              try {
                return revocations.revoke(tokenId, end);
              } finally {
                gateway.revoke(tokenId);
              }
            });
    api =
        new HttpApi(
            authenticator,
            new ApiKeys(config.auth().apiKeys()),
            config.session().anonymous(),
            parts);
    listener = Listener.start(config.transport(), gateway, ENDPOINTS, api);
    if (tokens.openId() != null) {
      tokens.openId().prepare();
    }
    metrics.watch(gateway, engine, listener);
    metrics.watch(agents, workers);
    metrics.watch(terminals);
    metrics.watch(tools);
    metrics.watch(devices, uploads);
    every(Duration.ofSeconds(1), terminals::sweep);
    every(
        TICK,
        () -> {
          agents.tick();
          workers.tick();
          tools.tick();
          devices.tick();
        });
    every(Duration.ofSeconds(5), devices::sweep);
    every(Duration.ofSeconds(5), uploads::sweep);
    every(Duration.ofSeconds(5), agents::sweep);
    every(Duration.ofSeconds(5), tools::sweep);
    every(Duration.ofSeconds(1), channels::sweep);
    every(Duration.ofSeconds(1), stats::tick);
    every(Duration.ofSeconds(5), listener::reloadTls);
  }

  /**
   * Starts a gateway that takes connections when this returns.
   *
   * @throws IOException when the address can't be bound or a key can't be read
   */
  public static Server start(Config config) throws IOException {
    return start(config, InstantSource.system());
  }

  static Server start(Config config, InstantSource clock) throws IOException {
    return new Server(config, clock);
  }

  private static long epoch(SecureRandom random) {
    long epoch;
    do {
      // Positive, so that its text stays short.
      epoch = random.nextLong() >>> 16;
    } while (epoch == 0);
    return epoch;
  }

  private static Thread timerThread(Runnable work) {
    Thread thread = new Thread(work, "holdfast-timer");
    thread.setDaemon(true);
    return thread;
  }

  private void every(Duration pause, Runnable work) {
    long millis = pause.toMillis();
    timer.scheduleWithFixedDelay(() -> attempt(work), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Periodic work that throws would never be done again. */
  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "timed work failed", e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return listener.address();
  }

  /** Every route of the HTTP API, as {@code METHOD path}. */
  List<String> paths() {
    return api.paths();
  }

  public Gateway gateway() {
    return gateway;
  }

  private Catalog statsFeed() {
    return stats;
  }

  private void unpaired(Pairing pairing) {
    if (gateway != null) {
      gateway.revoke(pairing.id());
    }
  }

  private int sessions() {
    return gateway == null ? 0 : gateway.sessions();
  }

  /**
   * Sends everybody away over that time, with advice; returns when they are gone, or soon after.
   */
  public void drain(Duration over) throws InterruptedException {
    ready = false;
    long begun = System.nanoTime();
    // Their clients are still there to be told.
    tools.drain(over.dividedBy(2));
    Duration rest = over.minusNanos(System.nanoTime() - begun);
    CountDownLatch gone = new CountDownLatch(1);
    gateway.drain(rest.isNegative() ? Duration.ZERO : rest, gone::countDown);
    if (!gone.await(over.toMillis() + 3_000, TimeUnit.MILLISECONDS)) {
      LOG.log(System.Logger.Level.WARNING, "{0} connections did not go", gateway.connections());
    }
  }

  /** Stops at once. */
  @Override
  public void close() {
    ready = false;
    agents.close();
    tools.close();
    mcp.close();
    terminals.close();
    milestones.close();
    pairings.close();
    revocations.close();
    timer.shutdownNow();
    listener.close();
    metrics.close();
    uploads.close();
    if (backlog != null) {
      backlog.close();
    }
    if (callLog != null) {
      callLog.close();
    }
  }
}
