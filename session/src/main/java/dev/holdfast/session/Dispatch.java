package dev.holdfast.session;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.session.Session.Attaching;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.Inbound;
import dev.holdfast.wire.ServerFrame;
import dev.holdfast.wire.ServerFrame.FeedPlace;
import dev.holdfast.wire.TypeDialect;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Obeys the frames of admitted clients, or passes them on. On the connection's loop. */
final class Dispatch {

  private final Gateway gateway;

  Dispatch(Gateway gateway) {
    this.gateway = gateway;
  }

  void obey(Connection connection, Session session, Inbound inbound) {
    switch (inbound) {
      case Inbound.Malformed(String id, ErrorCode code, String message) -> {
        gateway.telemetry().refused(code.text());
        session.figures().refused();
        connection.send(new ServerFrame.Error(id, code, message, null, null));
      }
      case ClientFrame frame -> {
        long start = gateway.now();
        session.during(() -> obeySafely(connection, session, frame));
        long took = gateway.now() - start;
        gateway.telemetry().handled(frame.getClass().getSimpleName(), took);
        session.figures().obeyed(took);
      }
    }
  }

  private void obeySafely(Connection connection, Session session, ClientFrame frame) {
    try {
      obeyOnce(connection, session, frame);
    } catch (RuntimeException e) {
      String errorId = gateway.newId("e");
      gateway.telemetry().failed(errorId, connection.id(), session.sessionId(), frame.id(), e);
      session.refuse(frame.id(), ErrorCode.INTERNAL, "internal error, error_id " + errorId);
    }
  }

  private void obeyOnce(Connection connection, Session session, ClientFrame frame) {
    String id = frame.id();
    if (id == null || connection.dialect() == Dialect.OP || repeatable(frame)) {
      execute(connection, session, frame);
      return;
    }
    byte[] answer = session.answers().find(id);
    if (answer == null) {
      session.answers().begin(id);
      execute(connection, session, frame);
    } else if (answer.length > 0) {
      connection.sendAnswer(TypeDialect.duplicateOf(answer));
    }
  }

  /** What only asks, or says who is there, is obeyed each time: its answer is never an old one. */
  private static boolean repeatable(ClientFrame frame) {
    return switch (frame) {
      case ClientFrame.Connect _,
          ClientFrame.Refresh _,
          ClientFrame.Ping _,
          ClientFrame.History _,
          ClientFrame.Presence _,
          ClientFrame.ListTools _,
          ClientFrame.CallTool _,
          ClientFrame.CancelCall _,
          ClientFrame.Health _,
          ClientFrame.RotateToken _,
          ClientFrame.Register _,
          ClientFrame.Heartbeat _,
          ClientFrame.GetStats _ ->
          true;
      case ClientFrame.Attach _,
          ClientFrame.Detach _,
          ClientFrame.Subscribe _,
          ClientFrame.Unsubscribe _,
          ClientFrame.Message _,
          ClientFrame.Broadcast _,
          ClientFrame.Direct _,
          ClientFrame.Publish _,
          ClientFrame.Run _,
          ClientFrame.Serve _,
          ClientFrame.Report _,
          ClientFrame.ServeTools _,
          ClientFrame.ReportCall _,
          ClientFrame.OpenTerminal _,
          ClientFrame.TerminalInput _,
          ClientFrame.Resize _,
          ClientFrame.Show _,
          ClientFrame.AckOutput _,
          ClientFrame.Signal _,
          ClientFrame.CloseTerminal _,
          ClientFrame.Cancel _,
          ClientFrame.Approve _,
          ClientFrame.Input _,
          ClientFrame.CommandResult _,
          ClientFrame.CommandProgress _,
          ClientFrame.DeviceEvent _,
          ClientFrame.DeviceCommand _ ->
          false;
    };
  }

  private void execute(Connection connection, Session session, ClientFrame frame) {
    switch (frame) {
      case ClientFrame.Connect connect -> gateway.admission().again(connection, session, connect);
      case ClientFrame.Refresh refresh -> gateway.admission().refresh(connection, session, refresh);
      case ClientFrame.Ping ping ->
          connection.send(new ServerFrame.Pong(ping.id(), ping.timestamp()));
      case ClientFrame.Attach attach -> attach(session, attach);
      case ClientFrame.Detach(String id, String feed) -> {
        FeedId.parse(feed).ifPresent(session::detach);
        session.reply(new ServerFrame.Detached(id, feed));
      }
      case ClientFrame.History history -> history(session, history);
      case ClientFrame.Subscribe subscribe -> subscribe(session, subscribe);
      case ClientFrame.Unsubscribe(String id, String channel) -> {
        session.detach(Gateway.channel(channel));
        session.detach(Gateway.presence(channel));
        session.reply(new ServerFrame.Unsubscribed(id, channel));
      }
      case ClientFrame.Message message -> {
        if (message.channel() == null) {
          // Whoever speaks without naming a channel is in the default one, and hears itself.
          session.join();
        }
        gateway.commands().execute(message, session);
      }
      case ClientFrame.Broadcast _,
          ClientFrame.Direct _,
          ClientFrame.Presence _,
          ClientFrame.Publish _,
          ClientFrame.Run _,
          ClientFrame.Serve _,
          ClientFrame.Report _,
          ClientFrame.ServeTools _,
          ClientFrame.ReportCall _,
          ClientFrame.OpenTerminal _,
          ClientFrame.TerminalInput _,
          ClientFrame.Resize _,
          ClientFrame.Show _,
          ClientFrame.AckOutput _,
          ClientFrame.Signal _,
          ClientFrame.CloseTerminal _,
          ClientFrame.Cancel _,
          ClientFrame.Approve _,
          ClientFrame.Input _,
          ClientFrame.ListTools _,
          ClientFrame.CallTool _,
          ClientFrame.CancelCall _,
          ClientFrame.Health _,
          ClientFrame.RotateToken _,
          ClientFrame.Register _,
          ClientFrame.Heartbeat _,
          ClientFrame.CommandResult _,
          ClientFrame.CommandProgress _,
          ClientFrame.DeviceEvent _,
          ClientFrame.DeviceCommand _,
          ClientFrame.GetStats _ ->
          gateway.commands().execute(frame, session);
    }
  }

  private static void attach(Session session, ClientFrame.Attach attach) {
    FeedId feed = FeedId.parse(attach.feed()).orElse(null);
    From from = from(attach.from());
    if (feed == null) {
      session.refuse(attach.id(), ErrorCode.BAD_REQUEST, "feed: must be kind:name");
    } else if (from == null) {
      session.refuse(attach.id(), ErrorCode.BAD_REQUEST, "from.after: is not a position");
    } else {
      switch (session.attach(feed, from, true)) {
        case Attaching.Done(FeedPlace place, ServerFrame.SnapshotFrame snapshot) ->
            session.reply(new ServerFrame.Attached(attach.id(), place, snapshot));
        case Attaching.Refused(ErrorCode code, String why) ->
            session.refuse(attach.id(), code, why);
      }
    }
  }

  private static void subscribe(Session session, ClientFrame.Subscribe subscribe) {
    String channel = subscribe.channel();
    From from = from(subscribe.from());
    if (from == null) {
      session.refuse(subscribe.id(), ErrorCode.BAD_REQUEST, "from.after: is not a position");
      return;
    }
    switch (session.attach(Gateway.channel(channel), from, true)) {
      case Attaching.Done(FeedPlace place, _) -> {
        session.reply(new ServerFrame.Subscribed(subscribe.id(), channel, place));
        if (subscribe.presence()) {
          attachPresence(session, channel);
        }
      }
      case Attaching.Refused(ErrorCode code, String why) ->
          session.refuse(subscribe.id(), code, why);
    }
  }

  private static void attachPresence(Session session, String channel) {
    FeedId feed = Gateway.presence(channel);
    if (session.attach(feed, From.NOW, true) instanceof Attaching.Done(FeedPlace place, _)) {
      session.reply(new ServerFrame.Attached(null, place, null));
    }
  }

  private static @Nullable From from(ClientFrame.Begin begin) {
    return switch (begin) {
      case ClientFrame.Begin.Start() -> From.START;
      case ClientFrame.Begin.Now() -> From.NOW;
      case ClientFrame.Begin.After(String position) ->
          Position.parse(position).map(From.After::new).orElse(null);
    };
  }

  private void history(Session session, ClientFrame.History history) {
    Optional<FeedId> feed = FeedId.parse(history.feed());
    Position after = history.after() == null ? null : Position.parse(history.after()).orElse(null);
    if (feed.isEmpty()) {
      session.refuse(history.id(), ErrorCode.BAD_REQUEST, "feed: must be kind:name");
    } else if (history.after() != null && after == null) {
      session.refuse(history.id(), ErrorCode.BAD_REQUEST, "after: is not a position");
    } else {
      switch (gateway.catalog().look(feed.get(), session.principal())) {
        case Catalog.Entry.Granted granted -> session.reply(page(history, granted.feed(), after));
        case Catalog.Entry.Refused(ErrorCode code, String why) ->
            session.refuse(history.id(), code, why);
      }
    }
  }

  private ServerFrame.History page(
      ClientFrame.History history, Feed feed, @Nullable Position after) {
    int most = gateway.settings().historyPage();
    int limit = history.limit() == null ? Math.min(100, most) : Math.min(history.limit(), most);
    long epoch = feed.tail().epoch();
    Long offset = after == null || after.epoch() != epoch ? null : Long.valueOf(after.offset());
    Feed.Page page = feed.history(offset, limit, history.reverse());
    List<EventFrame> events =
        page.events().stream().map(e -> Attachment.frame(e, history.feed())).toList();
    Position next =
        page.events().isEmpty()
            ? (after == null ? feed.tail() : after)
            : new Position(epoch, page.events().getLast().offset());
    return new ServerFrame.History(
        history.id(), history.feed(), events, next.toString(), page.complete());
  }
}
