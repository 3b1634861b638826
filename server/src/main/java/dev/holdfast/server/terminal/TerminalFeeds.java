package dev.holdfast.server.terminal;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.terminal.Viewer;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;

/** The feeds of terminals, for the sessions of those who may see them. Any thread. */
public final class TerminalFeeds implements Catalog {

  private final Terminals terminals;

  public TerminalFeeds(Terminals terminals) {
    this.terminals = terminals;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Terminal terminal = TerminalRights.find(terminals, id.name(), by.principal());
    if (terminal == null) {
      return Entry.UNKNOWN;
    }
    Viewer viewer = terminal.watch(by.sessionId(), by.principal().userId());
    if (!TerminalRights.mayType(terminal, by.principal())) {
      viewer.onlyView();
    }
    return new Entry.Granted(terminal.feed(), new Watching(viewer));
  }

  /** A viewer, as sessions serve it. */
  private record Watching(Viewer viewer) implements Membership {

    @Override
    public long room(long sent) {
      return viewer.room(sent);
    }

    @Override
    public boolean skips(long sent) {
      return viewer.skips(sent);
    }

    @Override
    public void sent(long offset) {
      viewer.sent(offset);
    }

    @Override
    public void leave(Position seen) {
      viewer.leave();
    }
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    Terminal terminal = TerminalRights.find(terminals, id.name(), principal);
    return terminal == null
        ? Entry.UNKNOWN
        : new Entry.Granted(terminal.feed(), Membership.UNCOUNTED);
  }
}
