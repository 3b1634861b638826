package dev.holdfast.server;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.common.Workers;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.metrics.StatsFeed;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import java.util.List;
import java.util.function.Supplier;

/** Sends each command, and each question for a feed, to its kind. Any thread. */
record Kinds(
    Commands channelCommands,
    Catalog channelFeeds,
    Commands agentCommands,
    Catalog agentFeeds,
    Commands terminalCommands,
    Catalog terminalFeeds,
    Commands toolCommands,
    Catalog toolFeeds,
    Catalog workerFeeds,
    Supplier<Catalog> statsFeed)
    implements Commands, Catalog {

  @Override
  public void execute(ClientFrame command, Caller caller) {
    switch (command) {
      case ClientFrame.Run _,
          ClientFrame.Cancel _,
          ClientFrame.Approve _,
          ClientFrame.Input _,
          ClientFrame.Serve _,
          ClientFrame.Report _ ->
          agentCommands.execute(command, caller);
      case ClientFrame.OpenTerminal _,
          ClientFrame.TerminalInput _,
          ClientFrame.Resize _,
          ClientFrame.Show _,
          ClientFrame.AckOutput _,
          ClientFrame.Signal _,
          ClientFrame.CloseTerminal _ ->
          terminalCommands.execute(command, caller);
      case ClientFrame.ListTools _,
          ClientFrame.CallTool _,
          ClientFrame.CancelCall _,
          ClientFrame.ServeTools _,
          ClientFrame.ReportCall _,
          ClientFrame.Health _,
          ClientFrame.RotateToken _ ->
          toolCommands.execute(command, caller);
      default -> channelCommands.execute(command, caller);
    }
  }

  private Catalog of(FeedId id) {
    return switch (id.kind()) {
      case Agents.KIND -> agentFeeds;
      case Terminals.KIND -> terminalFeeds;
      case Tools.KIND -> toolFeeds;
      case Workers.KIND -> workerFeeds;
      case StatsFeed.KIND -> statsFeed.get();
      default -> channelFeeds;
    };
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    return of(id).open(id, by);
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    return of(id).look(id, principal);
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return channelFeeds.standing(principal);
  }
}
