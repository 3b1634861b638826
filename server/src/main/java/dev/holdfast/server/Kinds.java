package dev.holdfast.server;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.common.Workers;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.server.metrics.StatsFeed;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
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
    Commands deviceCommands,
    Catalog deviceFeeds,
    Supplier<Catalog> statsFeed)
    implements Commands, Catalog {

  @Override
  public void execute(ClientFrame command, Caller caller) {
    if (caller.principal().device() != null && !ofDevice(command)) {
      caller.refuse(command.id(), ErrorCode.FORBIDDEN, DeviceRights.DEVICE_ONLY);
      return;
    }
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
      case ClientFrame.Register _,
          ClientFrame.Heartbeat _,
          ClientFrame.CommandResult _,
          ClientFrame.CommandProgress _,
          ClientFrame.DeviceEvent _,
          ClientFrame.DeviceCommand _ ->
          deviceCommands.execute(command, caller);
      default -> channelCommands.execute(command, caller);
    }
  }

  /** What a device may say that has a token of its own. */
  private static boolean ofDevice(ClientFrame command) {
    return command instanceof ClientFrame.Register
        || command instanceof ClientFrame.Heartbeat
        || command instanceof ClientFrame.CommandResult
        || command instanceof ClientFrame.CommandProgress
        || command instanceof ClientFrame.DeviceEvent;
  }

  private static boolean closed(FeedId id, Principal principal) {
    return principal.device() != null && !id.kind().equals(Devices.LINK);
  }

  private Catalog of(FeedId id) {
    return switch (id.kind()) {
      case Agents.KIND -> agentFeeds;
      case Terminals.KIND -> terminalFeeds;
      case Tools.KIND -> toolFeeds;
      case Workers.KIND -> workerFeeds;
      case Devices.KIND, Devices.LINK -> deviceFeeds;
      case StatsFeed.KIND -> statsFeed.get();
      default -> channelFeeds;
    };
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    return closed(id, by.principal())
        ? new Entry.Refused(ErrorCode.FORBIDDEN, DeviceRights.DEVICE_ONLY)
        : of(id).open(id, by);
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    return closed(id, principal)
        ? new Entry.Refused(ErrorCode.FORBIDDEN, DeviceRights.DEVICE_ONLY)
        : of(id).look(id, principal);
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return principal.device() == null ? channelFeeds.standing(principal) : List.of();
  }
}
