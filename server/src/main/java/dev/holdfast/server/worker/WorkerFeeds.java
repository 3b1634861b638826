package dev.holdfast.server.worker;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.common.Workers;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The feeds on which workers are given work, for each its own. Any thread. */
public final class WorkerFeeds implements Catalog {

  /** The role that a worker needs. */
  private static final String WORKER = "worker";

  private final Workers workers;

  public WorkerFeeds(Workers workers) {
    this.workers = workers;
  }

  /** Whether somebody may be a worker; where not, it is told. */
  public static boolean mayServe(Caller caller, @Nullable String id) {
    Principal who = caller.principal();
    boolean may = who.admin() || who.roles().contains(WORKER);
    if (!may) {
      caller.refuse(id, ErrorCode.FORBIDDEN, "serve needs the role worker");
    }
    return may;
  }

  /** Acknowledges a worker, which follows its feed from now on. */
  public static void serves(Caller caller, @Nullable String id, String workerId, FeedId feed) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("worker_id", workerId);
    details.put("feed", feed.toString());
    caller.ack(id, details);
    caller.follow(feed);
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Feed feed = feed(id, by.principal());
    if (feed == null) {
      return Entry.UNKNOWN;
    }
    workers.present(id.name());
    return new Entry.Granted(feed, (Position seen) -> workers.absent(id.name()));
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    Feed feed = feed(id, principal);
    return feed == null ? Entry.UNKNOWN : new Entry.Granted(feed, Membership.UNCOUNTED);
  }

  private @Nullable Feed feed(FeedId id, Principal who) {
    return workers.feed(id.name(), who.userId(), who.admin());
  }
}
