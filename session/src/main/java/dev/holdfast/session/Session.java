package dev.holdfast.session;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.ServerFrame;
import dev.holdfast.wire.ServerFrame.FeedPlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One client, over however many connections it takes: who it is, which feeds it reads from where,
 * and what it was answered.
 *
 * <p>A session lives on one loop at a time, its home; only there is it changed. While its client is
 * away it keeps places instead of attachments, and nobody counts it as a member of anything.
 */
final class Session implements Caller {

  /** Where a session left a feed. */
  private record Place(FeedId feed, boolean told, Position confirmed, Catalog.Membership held) {}

  /** What came of attaching. */
  sealed interface Attaching {
    record Done(FeedPlace place, ServerFrame.@Nullable SnapshotFrame snapshot)
        implements Attaching {}

    record Refused(ErrorCode code, String message) implements Attaching {}
  }

  private final Gateway gateway;
  private final String id;
  private final long created;
  private final Answers answers;
  private final SessionFigures figures = new SessionFigures();
  private final Map<FeedId, Attachment> attachments = new LinkedHashMap<>(4);
  private volatile Dialect dialect = Dialect.TYPE;
  private FeedId channelFeed = Gateway.channel(Gateway.DEFAULT_CHANNEL);
  private List<Place> places = List.of();
  private @Nullable Connection connection;
  private int suspensions;
  private boolean ended;
  private volatile Loop home;
  private volatile Principal principal;
  private volatile String channel;
  private volatile @Nullable String terminal;
  private volatile int feeds;
  private volatile @Nullable String ip;
  private volatile @Nullable Thread executing;

  Session(Gateway gateway, String id, Principal principal, Loop home) {
    this.gateway = gateway;
    this.id = id;
    this.created = gateway.clock().millis();
    this.answers = new Answers(gateway.settings().rememberedAnswers());
    this.principal = principal;
    this.home = home;
    this.channel = Gateway.DEFAULT_CHANNEL;
  }

  @Override
  public Principal principal() {
    return principal;
  }

  @Override
  public String sessionId() {
    return id;
  }

  @Override
  public String channel() {
    return channel;
  }

  /** When it was begun, in milliseconds since 1970 UTC. */
  long createdMillis() {
    return created;
  }

  Loop home() {
    return home;
  }

  Answers answers() {
    return answers;
  }

  SessionFigures figures() {
    return figures;
  }

  /** How it is, as seen on that loop: where it is not at home, what it lags behind is not known. */
  SessionInfo info(Loop on) {
    long behind = 0;
    if (home.equals(on)) {
      for (Attachment attachment : attachments.values()) {
        behind += attachment.behind();
      }
    }
    return new SessionInfo(
        id, principal.userId(), ip != null, ip, created, feeds, behind, figures.sums());
  }

  @Override
  public @Nullable String terminal() {
    return terminal;
  }

  /** Frames that name no terminal mean this one from now on. */
  void terminal(@Nullable String id) {
    terminal = id;
  }

  @Override
  public void reply(ServerFrame answer) {
    if (Thread.currentThread().equals(executing)) {
      answered(answer);
      return;
    }
    Loop at = home;
    at.execute(() -> {
      if (!at.equals(home)) {
        reply(answer);
        return;
      }
      answered(answer);
      if (connection != null) {
        connection.flush();
      }
    });
  }

  @Override
  public boolean follow(FeedId feed) {
    if (attach(feed, From.START, true) instanceof Attaching.Refused(ErrorCode code, String why)) {
      refuse(null, code, why);
      return false;
    }
    return true;
  }

  @Override
  public void letGo(FeedId feed, int closeCode, String reason) {
    Loop at = home;
    at.execute(() -> {
      Connection by = connection;
      if (!at.equals(home)) {
        letGo(feed, closeCode, reason);
      } else if (by != null && attachments.containsKey(feed)) {
        if (by.opening().endpoint().equals(Endpoint.DEVICE)) {
          by.endSession(closeCode, reason);
        } else {
          detach(feed);
          reply(new ServerFrame.Detached(null, feed.toString()));
        }
      }
    });
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public @Nullable String ip() {
    return ip;
  }

  @Override
  public void goOn(FeedId feed) {
    Attachment attachment = attachments.get(feed);
    if (attachment != null) {
      attachment.connection().pumpSoon(attachment);
    }
  }

  private void answered(ServerFrame answer) {
    Connection by = connection;
    byte[] text = dialect.encode(by == null ? answer : by.worded(answer));
    String command = answer.id();
    if (command != null && answer instanceof ServerFrame.DeviceResult) {
      answers.replace(command, text);
    } else if (command != null) {
      answers.finish(command, text);
    }
    if (by != null) {
      by.sendAnswer(text);
    }
  }

  /** Runs a command of this session, so that what is answered meanwhile goes out at once. */
  void during(Runnable command) {
    executing = Thread.currentThread();
    try {
      command.run();
    } finally {
      executing = null;
    }
  }

  /** Begins to be served by a connection: reads what is read from admission on. */
  List<FeedPlace> begin(Connection by, String channelName) {
    heldBy(by, channelName);
    attachStanding();
    return told();
  }

  /** Goes on by another connection, after the places given or else those that were confirmed. */
  List<FeedPlace> resume(
      Connection by, Principal now, String channelName, Map<String, String> positions) {
    principal = now;
    heldBy(by, channelName);
    List<Place> left = places;
    places = List.of();
    List<FeedPlace> told = new ArrayList<>(left.size());
    for (Place place : left) {
      String given = positions.get(place.feed.toString());
      Position after =
          given == null ? place.confirmed : Position.parse(given).orElse(place.confirmed);
      Attaching attaching = attach(place.feed, new From.After(after), place.told);
      if (attaching instanceof Attaching.Done(FeedPlace at, _) && place.told) {
        told.add(at);
      } else if (place.told) {
        by.send(new ServerFrame.Detached(null, place.feed.toString()));
      }
      place.held.leave(place.confirmed);
    }
    attachStanding();
    return told;
  }

  private void heldBy(Connection by, String channelName) {
    connection = by;
    dialect = by.dialect();
    channel = channelName;
    channelFeed = Gateway.channel(channelName);
    ip = by.ip();
  }

  private void attachStanding() {
    if (dialect == Dialect.OP
        || (connection != null && connection.opening().endpoint().equals(Endpoint.DEVICE))) {
      return;
    }
    for (Catalog.Standing standing : gateway.catalog().standing(principal)) {
      if (!attachments.containsKey(standing.feed())) {
        attach(standing.feed(), standing.from(), standing.told());
      }
    }
  }

  /** Where each feed that the client knows of is read now. */
  List<FeedPlace> told() {
    return attachments.values().stream()
        .filter(Attachment::told)
        .map(a -> new FeedPlace(a.id().toString(), a.sentTo().toString(), true))
        .toList();
  }

  boolean reads(FeedId feed) {
    return attachments.containsKey(feed);
  }

  /** Attaches to a feed; to one that is attached already, says where it is. */
  Attaching attach(FeedId feed, From from, boolean told) {
    Connection by = connection;
    if (by == null) {
      return new Attaching.Refused(ErrorCode.CONFLICT, "the session has no connection");
    }
    Attachment before = attachments.get(feed);
    if (before != null && told != before.told()) {
      // What it reads without being told of is nothing that a client can name.
      return new Attaching.Refused(ErrorCode.FORBIDDEN, "feed: is not open to clients");
    }
    if (before != null) {
      return new Attaching.Done(
          new FeedPlace(feed.toString(), before.sentTo().toString(), true), null);
    }
    int most = gateway.settings().maxAttachments();
    if (attachments.size() >= most) {
      List.copyOf(attachments.values()).stream()
          .filter(Attachment::finished)
          .forEach(this::finished);
    }
    if (attachments.size() >= most) {
      return new Attaching.Refused(
          ErrorCode.OVER_CAPACITY, "at most " + most + " feeds can be attached in one session");
    }
    return switch (gateway.catalog().open(feed, this)) {
      case Catalog.Entry.Refused(ErrorCode code, String why) -> new Attaching.Refused(code, why);
      case Catalog.Entry.Granted granted -> attached(by, feed, from, told, granted);
    };
  }

  private Attaching attached(
      Connection by, FeedId feed, From from, boolean told, Catalog.Entry.Granted granted) {
    Feed.Attached at = granted.feed().attach(from);
    Attachment attachment = new Attachment(by, this, feed, told, granted, at, home);
    attachments.put(feed, attachment);
    feeds = attachments.size();
    by.pumpSoon(attachment);
    FeedPlace place = new FeedPlace(feed.toString(), at.position().toString(), at.recovered());
    return new Attaching.Done(
        place, at.snapshot() == null ? null : attachment.frame(at.snapshot()));
  }

  /** Reads its own channel from now on, if it does not yet. */
  void join() {
    if (!attachments.containsKey(channelFeed)) {
      attach(channelFeed, From.NOW, true);
    }
  }

  /** Detaches; nothing happens where it is not attached. */
  void detach(FeedId feed) {
    Attachment attachment = attachments.get(feed);
    if (attachment != null && attachment.told()) {
      attachments.remove(feed);
      feeds = attachments.size();
      attachment.leave();
      attachment.membership().leave(attachment.confirmedTo());
    }
  }

  /** A feed has ended and all of it has arrived: it counts no more among what is read. */
  void finished(Attachment attachment) {
    if (attachments.remove(attachment.id(), attachment)) {
      feeds = attachments.size();
      attachment.leave();
      attachment.membership().leave(attachment.confirmedTo());
    }
  }

  /** All that was sent of a feed that has ended counts as received: so in the tools' dialect. */
  void sentAll(Attachment attachment) {
    if (attachment.sentAll()) {
      finished(attachment);
    }
  }

  /** Takes other rights, and lets go of the feeds that they do not include. */
  void entitle(Principal now) {
    principal = now;
    for (Attachment attachment : List.copyOf(attachments.values())) {
      FeedId feed = attachment.id();
      if (attachment.told() && gateway.catalog().look(feed, now) instanceof Catalog.Entry.Refused) {
        detach(feed);
        reply(new ServerFrame.Detached(null, feed.toString()));
      }
    }
  }

  /** The client is gone: keeps its places until it is back. */
  void suspend() {
    leaveFeeds(false);
    home.keep(this, ++suspensions);
  }

  /** Lets another connection take it, on that loop; false when it has ended. */
  boolean release(Loop to) {
    if (ended) {
      return false;
    }
    Connection older = connection;
    if (older != null) {
      leaveFeeds(true);
      older.takenOver();
    }
    suspensions++;
    home = to;
    return true;
  }

  private void leaveFeeds(boolean hold) {
    List<Place> left = new ArrayList<>(attachments.size());
    for (Attachment attachment : attachments.values()) {
      attachment.leave();
      Catalog.Membership held = attachment.membership();
      if (!hold || dialect == Dialect.OP) {
        held.leave(attachment.confirmedTo());
        held = Catalog.Membership.UNCOUNTED;
      }
      if (!attachment.finished() && dialect == Dialect.TYPE) {
        left.add(new Place(attachment.id(), attachment.told(), attachment.confirmedTo(), held));
      }
    }
    attachments.clear();
    places = left;
    connection = null;
    ip = null;
  }

  /** Ends it if it is still the same time that its client is away. */
  void expire(Loop at, int suspension) {
    if (home.equals(at) && suspension == suspensions && connection == null && !ended) {
      gateway.expired();
      end();
    }
  }

  /** Ends it: it can't be resumed. */
  void end() {
    if (!ended) {
      ended = true;
      leaveFeeds(false);
      places = List.of();
      gateway.forget(this);
    }
  }

  /** The connection that serves it now, if any. */
  @Nullable Connection connection() {
    return connection;
  }
}
