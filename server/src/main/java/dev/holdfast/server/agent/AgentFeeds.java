package dev.holdfast.server.agent;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;

/** The feeds of runs, for the sessions of whoever started them. Any thread. */
public final class AgentFeeds implements Catalog {

  private final Agents agents;

  public AgentFeeds(Agents agents) {
    this.agents = agents;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Principal principal = by.principal();
    Run run = agents.find(id.name(), principal.userId(), principal.admin());
    if (run == null) {
      return Entry.UNKNOWN;
    }
    run.followed();
    return new Entry.Granted(run.feed(), (Position seen) -> run.unfollowed());
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    Run run = agents.find(id.name(), principal.userId(), principal.admin());
    return run == null ? Entry.UNKNOWN : new Entry.Granted(run.feed(), Membership.UNCOUNTED);
  }
}
