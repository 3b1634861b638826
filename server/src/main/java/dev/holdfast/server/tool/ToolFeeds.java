package dev.holdfast.server.tool;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;

/** The feeds of calls, for the user who made them. Any thread. */
public final class ToolFeeds implements Catalog {

  private final Tools tools;

  public ToolFeeds(Tools tools) {
    this.tools = tools;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    return look(id, by.principal());
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    Call call = tools.find(id.name(), principal.userId(), principal.admin());
    return call == null ? Entry.UNKNOWN : new Entry.Granted(call.feed(), Membership.UNCOUNTED);
  }
}
