package dev.holdfast.session;

import dev.holdfast.feed.FeedId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All connections and sessions of a process. Any thread, unless a method says otherwise. */
public final class Gateway {

  /** The channel that is meant where none is named. */
  public static final String DEFAULT_CHANNEL = "lobby";

  private static final long TICK_NANOS = Duration.ofMillis(250).toNanos();
  private static final int RADIX = 36;
  private static final Pattern NAMED = Pattern.compile("[A-Za-z0-9_-]{3,64}");

  private final Settings settings;
  private final Authenticator authenticator;
  private final Catalog catalog;
  private final Commands commands;
  private final Greeter greeter;
  private final Telemetry telemetry;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final LongSupplier random;
  private final Door door;
  private final Admission admission = new Admission(this);
  private final Dispatch dispatch = new Dispatch(this);
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<String, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger sessionCount = new AtomicInteger();
  private final AtomicLong sessionsBegun = new AtomicLong();
  private final AtomicLong sessionsExpired = new AtomicLong();
  private final Partings partings = new Partings();
  private volatile @Nullable Duration draining;

  /**
   * @param nanoTime rises with time as {@link System#nanoTime} does
   * @param random gives unpredictable numbers: session ids are made of them
   */
  public Gateway(
      Settings settings,
      Authenticator authenticator,
      Catalog catalog,
      Commands commands,
      Greeter greeter,
      Telemetry telemetry,
      InstantSource clock,
      LongSupplier nanoTime,
      LongSupplier random) {
    this.settings = settings;
    this.authenticator = authenticator;
    this.catalog = catalog;
    this.commands = commands;
    this.greeter = greeter;
    this.telemetry = telemetry;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.random = random;
    this.door = new Door(settings);
  }

  /** A loop whose tasks that executor runs, one after the other, on one thread. */
  public Loop loop(Executor eventLoop) {
    Loop loop = new Loop(eventLoop, this);
    loops.add(loop);
    return loop;
  }

  /**
   * A client asks to come in, before its handshake is answered. The answer may come later and on
   * another thread.
   */
  public void knock(Opening opening, Consumer<Knock> then) {
    if (draining != null) {
      telemetry.refused("draining");
      then.accept(Door.refused(503, 1, "this server is shutting down"));
      return;
    }
    Knock knock = door.ask(opening, now());
    String token = opening.token();
    switch (knock) {
      case Knock.Refused refused -> {
        telemetry.refused(refused.status() == 503 ? "full" : "rate");
        then.accept(refused);
      }
      case Knock.Welcome(Ticket ticket) when token != null ->
          authenticator.authenticate(token, verdict -> then.accept(known(ticket, verdict)));
      case Knock.Welcome welcome -> then.accept(welcome);
    }
  }

  private Knock known(Ticket ticket, Authenticator.Verdict verdict) {
    ticket.verdict(verdict);
    if (verdict instanceof Authenticator.Verdict.Valid(Principal principal)
        && !ticket.admit(principal.userId())) {
      ticket.release();
      telemetry.refused("user_full");
      return Door.refused(429, 5, "too many connections of this user");
    }
    return new Knock.Welcome(ticket);
  }

  /** The client is in: serves it. On that loop; the ticket is given back when the socket closes. */
  public Connection connect(Ticket ticket, Pipe pipe, Loop loop) {
    Connection connection = new Connection(this, ticket, pipe, loop, newId("c"));
    loop.add(connection);
    admission.arrive(connection);
    return connection;
  }

  /** Closes every connection with advice, spread over a time; nobody is let in any more. */
  public void drain(Duration over, Runnable done) {
    draining = over;
    long until = now() + over.toNanos();
    loops.forEach(loop -> loop.drain(until));
    door.whenEmpty(done);
  }

  /** Closes the connections that hold that token. */
  public void revoke(String tokenId) {
    for (Loop loop : loops) {
      loop.each(connection -> {
        Session session = connection.session();
        if (session != null && tokenId.equals(session.principal().tokenId())) {
          connection.refuse(null, "the token has been revoked", "revoked");
        }
      });
    }
  }

  /** Ends a session and closes its connection; false where there is none of that id. */
  public boolean disconnect(String sessionId) {
    Session session = sessions.get(sessionId);
    if (session == null) {
      return false;
    }
    Loop home = session.home();
    home.execute(() -> {
      Connection connection = session.connection();
      if (!session.home().equals(home)) {
        disconnect(sessionId);
      } else if (connection == null) {
        session.end();
      } else {
        connection.endSession(CloseCode.DISCONNECTED, "disconnected");
      }
    });
    return true;
  }

  /** Connections now, those that are not admitted yet included. */
  public int connections() {
    return door.connections();
  }

  /** Sessions now, those that wait for their client included. */
  public int sessions() {
    return sessionCount.get();
  }

  /** How many sessions there are and were, and how old they are. */
  public SessionTotals sessionTotals() {
    return SessionTotals.of(
        sessions.values(), sessionsBegun.get(), sessionsExpired.get(), clock.millis());
  }

  /** A session has waited for its client in vain. */
  void expired() {
    sessionsExpired.incrementAndGet();
  }

  /** Which sessions there are, in no order. */
  public Stream<SessionName> sessionNames() {
    return sessions.values().stream()
        .map(one -> new SessionName(one.sessionId(), one.principal().userId(), one.ip()));
  }

  /**
   * Sessions of those ids as they are now, but for those that have ended, in no order. The loops
   * are asked, so none of them may wait for it.
   */
  public CompletableFuture<List<SessionInfo>> sessionList(Collection<String> ids) {
    Map<Loop, List<Session>> homes =
        ids.stream()
            .map(sessions::get)
            .filter(Objects::nonNull)
            .collect(Collectors.groupingBy(Session::home));
    List<CompletableFuture<List<SessionInfo>>> asked = new ArrayList<>();
    homes.forEach((home, there) -> {
      CompletableFuture<List<SessionInfo>> told = new CompletableFuture<>();
      asked.add(told);
      home.execute(() -> told.complete(there.stream().map(one -> one.info(home)).toList()));
    });
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> asked.stream().flatMap(told -> told.join().stream()).toList());
  }

  /** The last connections that came to an end, newest first. */
  public List<Parting> partings() {
    return partings.all();
  }

  void parted(Parting parting) {
    partings.add(parting);
  }

  /** Connections with events that they have no room for. */
  public int behind() {
    return loops.stream().mapToInt(Loop::behind).sum();
  }

  /** Passes the verdict on, on that loop. */
  void authenticate(Loop loop, String token, Consumer<Authenticator.Verdict> then) {
    authenticator.authenticate(token, verdict -> loop.execute(() -> then.accept(verdict)));
  }

  @Nullable Session find(String sessionId) {
    return sessions.get(sessionId);
  }

  /**
   * A session of its own for that principal; null where there are too many.
   *
   * @param named the id that its client would like, which it gets where it can be one and is free
   */
  @Nullable Session newSession(Principal principal, Loop home, @Nullable String named) {
    if (sessionCount.incrementAndGet() > settings.maxSessions()) {
      sessionCount.decrementAndGet();
      return null;
    }
    sessionsBegun.incrementAndGet();
    if (named != null && NAMED.matcher(named).matches()) {
      Session session = new Session(this, named, principal, home);
      if (sessions.putIfAbsent(named, session) == null) {
        return session;
      }
    }
    Session session = new Session(this, newId("s") + newId(""), principal, home);
    sessions.put(session.sessionId(), session);
    return session;
  }

  void forget(Session session) {
    if (sessions.remove(session.sessionId(), session)) {
      sessionCount.decrementAndGet();
    }
  }

  /** Brings a session to a loop, away from the connection that has it; null if it has ended. */
  void claim(Session session, Loop to, Consumer<@Nullable Session> then) {
    Loop home = session.home();
    home.execute(() -> {
      if (!session.home().equals(home)) {
        // It moved while this waited; whoever has it now is asked in turn.
        claim(session, to, then);
        return;
      }
      Session claimed = session.release(to) ? session : null;
      to.execute(() -> then.accept(claimed));
    });
  }

  /** How long a client that is sent away should wait, so that not all come at once. */
  long reconnectAfterMillis() {
    Duration over = draining;
    long spread = Math.max(1_000, over == null ? 0 : over.toMillis());
    return 500 + Math.floorMod(random(), spread);
  }

  /** An id that nobody can guess. */
  String newId(String prefix) {
    return prefix + Long.toUnsignedString(random(), RADIX);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  long random() {
    return random.getAsLong();
  }

  long tickNanos() {
    return TICK_NANOS;
  }

  InstantSource clock() {
    return clock;
  }

  Settings settings() {
    return settings;
  }

  Catalog catalog() {
    return catalog;
  }

  Commands commands() {
    return commands;
  }

  Greeter greeter() {
    return greeter;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  Admission admission() {
    return admission;
  }

  Dispatch dispatch() {
    return dispatch;
  }

  static FeedId channel(String name) {
    return new FeedId("channel", name);
  }

  static FeedId presence(String name) {
    return new FeedId("presence", name);
  }
}
