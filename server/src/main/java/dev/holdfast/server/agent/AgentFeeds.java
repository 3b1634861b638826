package dev.holdfast.server.agent;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.agent.Workers;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;
import java.util.List;

/**
 * The feeds of runs, for the sessions of whoever started them, and those of workers, for their own.
 * Any thread.
 */
public final class AgentFeeds implements Catalog {

  private static final Entry UNKNOWN = new Entry.Refused(ErrorCode.NOT_FOUND, "feed: no such feed");

  private final Agents agents;
  private final Workers workers;

  public AgentFeeds(Agents agents, Workers workers) {
    this.agents = agents;
    this.workers = workers;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Principal principal = by.principal();
    if (id.kind().equals(Workers.KIND)) {
      return worker(id, principal, true);
    }
    Run run = agents.find(id.name(), principal.userId(), principal.admin());
    if (run == null) {
      return UNKNOWN;
    }
    run.followed();
    return new Entry.Granted(run.feed(), (Position seen) -> run.unfollowed());
  }

  private Entry worker(FeedId id, Principal principal, boolean counted) {
    Feed feed = workers.feed(id.name(), principal.userId(), principal.admin());
    if (feed == null) {
      return UNKNOWN;
    }
    if (!counted) {
      return new Entry.Granted(feed, Membership.UNCOUNTED);
    }
    workers.present(id.name());
    return new Entry.Granted(feed, (Position seen) -> workers.absent(id.name()));
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    if (id.kind().equals(Workers.KIND)) {
      return worker(id, principal, false);
    }
    Run run = agents.find(id.name(), principal.userId(), principal.admin());
    return run == null ? UNKNOWN : new Entry.Granted(run.feed(), Membership.UNCOUNTED);
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return List.of();
  }
}
