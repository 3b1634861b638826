package dev.holdfast.server.terminal;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;
import java.util.List;

/** The feeds of terminals, for the sessions of whoever opened them. Any thread. */
public final class TerminalFeeds implements Catalog {

  private static final Entry UNKNOWN = new Entry.Refused(ErrorCode.NOT_FOUND, "feed: no such feed");

  private final Terminals terminals;

  public TerminalFeeds(Terminals terminals) {
    this.terminals = terminals;
  }

  @Override
  public Entry open(FeedId id, Principal principal) {
    Terminal terminal = terminals.find(id.name(), principal.userId(), principal.admin());
    if (terminal == null) {
      return UNKNOWN;
    }
    terminal.watched();
    return new Entry.Granted(terminal.feed(), (Position seen) -> terminal.unwatched());
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    Terminal terminal = terminals.find(id.name(), principal.userId(), principal.admin());
    return terminal == null ? UNKNOWN : new Entry.Granted(terminal.feed(), Membership.UNCOUNTED);
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return List.of();
  }
}
