package dev.holdfast.session;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A gateway whose time, loops and sockets are stepped by hand. */
final class Stepped implements Authenticator, Catalog, Commands, Telemetry {

  static final Principal ANN =
      new Principal("ann", Set.of(), null, List.of(), List.of(), Set.of(), "jti-ann", null);
  static final Principal BOB =
      new Principal("bob", Set.of(), null, List.of(), List.of(), Set.of(), null, null);

  final Map<String, Verdict> tokens = new HashMap<>();
  final Map<FeedId, Owner> owners = new HashMap<>();
  final List<ClientFrame> obeyed = new ArrayList<>();
  final List<FeedId> members = new ArrayList<>();
  final List<Standing> standing = new ArrayList<>();
  final Set<String> forbidden = new java.util.HashSet<>();
  final ArrayDeque<Runnable> lateVerdicts = new ArrayDeque<>();
  boolean holdVerdicts;
  boolean failCommands;
  long nanos = 1_000_000_000L;
  long seed = 42;
  Retention retention = new Retention(1_000, 1 << 20, Duration.ofHours(1));
  final Engine engine = Engine.inMemory(this::instant, () -> ++seed);
  final StepLoop first;
  final StepLoop second;
  final Gateway gateway;

  Stepped() {
    this(Settings.DEFAULTS);
  }

  Stepped(Settings settings) {
    gateway =
        new Gateway(
            settings,
            this,
            this,
            this,
            Greeter.NOWHERE,
            this,
            this::instant,
            () -> nanos,
            () -> ++seed);
    first = new StepLoop();
    second = new StepLoop();
    tokens.put("ann", new Verdict.Valid(ANN));
    tokens.put("bob", new Verdict.Valid(BOB));
    tokens.put("old", new Verdict.Refused(Reason.EXPIRED));
  }

  static Settings settings(Consumer<SettingsDraft> change) {
    SettingsDraft draft = new SettingsDraft();
    change.accept(draft);
    return draft.settings();
  }

  /** The settings that tests change. */
  static final class SettingsDraft {
    int maxSessions = Settings.DEFAULTS.maxSessions();
    int maxConnections = Settings.DEFAULTS.maxConnections();
    int maxPerUser = Settings.DEFAULTS.maxConnectionsPerUser();
    int maxPerIp = Settings.DEFAULTS.maxConnectionsPerIp();
    int connectsPerSecond = Settings.DEFAULTS.connectsPerSecond();
    int commandsPerSecond;
    int maxAttachments = Settings.DEFAULTS.maxAttachments();
    int rememberedAnswers = Settings.DEFAULTS.rememberedAnswers();
    @Nullable Principal anonymous;

    Settings settings() {
      Settings d = Settings.DEFAULTS;
      return new Settings(
          d.helloTimeout(),
          d.toolHelloTimeout(),
          d.heartbeatInterval(),
          d.pongTimeout(),
          d.maxIdleTimeout(),
          d.resumeWindow(),
          maxSessions,
          maxConnections,
          maxPerUser,
          maxPerIp,
          connectsPerSecond,
          commandsPerSecond,
          d.maxFrameBytes(),
          maxAttachments,
          d.historyPage(),
          rememberedAnswers,
          d.tokenWarning(),
          d.timeouts(),
          anonymous);
    }
  }

  Instant instant() {
    return Instant.ofEpochSecond(1_800_000_000L).plusNanos(nanos);
  }

  void pass(Duration time) {
    long end = nanos + time.toNanos();
    while (nanos < end) {
      nanos = Math.min(end, nanos + Duration.ofMillis(250).toNanos());
      first.loop.tick();
      second.loop.tick();
      run();
    }
  }

  void run() {
    while (first.step() || second.step()) {
      // until both are idle
    }
  }

  Owner owner(String channel) {
    return owners.computeIfAbsent(new FeedId("channel", channel), id -> engine.own(id, retention));
  }

  void say(String channel, String text) {
    owner(channel)
        .append(
            Payload.of(
                "message", ("\"content\":\"" + text + "\"").getBytes(StandardCharsets.UTF_8)));
  }

  Client connect(StepLoop on, @Nullable String token) {
    return connect(on, new Opening(Endpoint.WS, "10.0.0.1", token, null, null, null));
  }

  Client connect(StepLoop on, Opening opening) {
    List<Knock> answers = new ArrayList<>();
    gateway.knock(opening, answers::add);
    Client client = new Client(this, on);
    switch (answers.getFirst()) {
      case Knock.Welcome(Ticket ticket) -> client.open(gateway.connect(ticket, client, on.loop));
      case Knock.Refused refused -> client.refused = refused;
    }
    run();
    return client;
  }

  /** One event loop: a queue of tasks. */
  final class StepLoop implements Executor {
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    final Loop loop = gateway.loop(this);

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    boolean step() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }
  }

  @Override
  public void authenticate(String token, Consumer<Verdict> then) {
    Verdict verdict = tokens.getOrDefault(token, new Verdict.Refused(Reason.INVALID));
    if (holdVerdicts) {
      lateVerdicts.add(() -> then.accept(verdict));
    } else {
      then.accept(verdict);
    }
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Principal principal = by.principal();
    if (look(id, principal) instanceof Entry.Granted(Feed feed, Membership _)) {
      members.add(id);
      return new Entry.Granted(feed, seen -> members.remove(id));
    }
    return look(id, principal);
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    return forbidden.contains(principal.userId() + " " + id.name())
        ? new Entry.Refused(ErrorCode.FORBIDDEN, "not yours")
        : new Entry.Granted(owner(id.name()).feed(), Membership.UNCOUNTED);
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return standing;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    if (failCommands) {
      throw new IllegalStateException("a fault on purpose");
    }
    obeyed.add(command);
    caller.ack(command.id(), Map.of("n", obeyed.size()));
  }

  static From after(Position position) {
    return new From.After(position);
  }
}
