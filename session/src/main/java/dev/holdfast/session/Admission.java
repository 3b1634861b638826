package dev.holdfast.session;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.session.Authenticator.Reason;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.Inbound;
import dev.holdfast.wire.ServerFrame;
import dev.holdfast.wire.ServerFrame.FeedPlace;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns a connection with credentials into one with a session. On the connection's loop. */
final class Admission {

  /**
   * What a client wants back.
   *
   * @param told whether it is told that it is admitted
   */
  private record Wish(
      @Nullable String commandId,
      @Nullable String sessionId,
      Map<String, String> positions,
      boolean told) {}

  private final Gateway gateway;

  Admission(Gateway gateway) {
    this.gateway = gateway;
  }

  /** A new connection: what its handshake said is obeyed. */
  void arrive(Connection connection) {
    Opening opening = connection.opening();
    Principal anonymous = gateway.settings().anonymous();
    // A device is told when it registers.
    boolean told = !opening.endpoint().equals(Endpoint.DEVICE);
    switch (connection.ticket().verdict()) {
      case Verdict.Refused(Reason reason) -> refuse(connection, null, reason);
      case Verdict.Valid _ when connection.dialect() == Dialect.OP -> {}
      case Verdict.Valid(Principal principal) ->
          admit(connection, principal, new Wish(null, opening.sessionId(), Map.of(), told), null);
      case null -> {
        if (anonymous != null && connection.dialect() == Dialect.TYPE) {
          Wish wish = new Wish(null, opening.sessionId(), Map.of(), opening.sessionId() != null);
          admit(connection, anonymous, wish, null);
        }
      }
    }
    connection.flush();
  }

  /** The first frame of a connection that nobody knows yet. */
  void hello(Connection connection, Inbound frame) {
    if (connection.dialect() == Dialect.OP) {
      toolHello(connection, frame);
    } else if (!(frame instanceof ClientFrame.Connect connect)) {
      connection.refuse(frame.id(), "say connect first, with a token", null);
    } else if (connect.token() == null) {
      connection.refuse(connect.id(), "token: missing", null);
    } else {
      authenticate(connection, connect.id(), connect.token(), p -> connect(connection, connect, p));
    }
  }

  private void toolHello(Connection connection, Inbound frame) {
    switch (frame) {
      case ClientFrame.Connect connect when connect.token() != null ->
          authenticate(connection, null, connect.token(), p -> connect(connection, connect, p));
      case ClientFrame.Connect connect -> {
        Principal anonymous = gateway.settings().anonymous();
        String userId = connect.userId();
        if (connection.ticket().verdict() instanceof Verdict.Valid(Principal principal)) {
          connect(connection, connect, principal);
        } else if (anonymous != null) {
          connect(connection, connect, userId == null ? anonymous : anonymous.as(userId));
        } else {
          connection.refuse(null, "token: missing", null);
        }
        connection.flush();
      }
      case Inbound.Malformed(_, ErrorCode code, String message)
          when code != ErrorCode.UNKNOWN_TYPE ->
          connection.turnAway("invalid_hello", message, CloseCode.INVALID_HELLO, null);
      case Inbound _ ->
          connection.turnAway("missing_hello", "say hello first", CloseCode.MISSING_HELLO, null);
    }
  }

  /**
   * {@code connect} on a connection that has a session already: another user, or another session.
   */
  void again(Connection connection, Session session, ClientFrame.Connect connect) {
    Principal now = session.principal();
    Principal anonymous = gateway.settings().anonymous();
    String userId = connect.userId();
    if (connect.token() != null) {
      authenticate(connection, connect.id(), connect.token(), p -> connect(connection, connect, p));
    } else if (anonymous != null && userId != null) {
      connect(connection, connect, anonymous.as(userId));
    } else {
      connect(connection, connect, now);
    }
  }

  private void connect(Connection connection, ClientFrame.Connect connect, Principal principal) {
    Session present = connection.session();
    Wish wish =
        new Wish(
            connect.id(),
            connect.sessionId() == null ? connection.opening().sessionId() : connect.sessionId(),
            connect.positions(),
            true);
    if (present != null && present.principal().same(principal)) {
      Session wanted = find(wish.sessionId, principal);
      if (wanted == null || wanted.equals(present)) {
        present.entitle(principal);
        connection.open(present);
        connected(connection, present, wish, false, present.told());
        return;
      }
    }
    admit(connection, principal, wish, present);
  }

  /** {@code refresh}: a new token for the same user. */
  void refresh(Connection connection, Session session, ClientFrame.Refresh refresh) {
    connection.busy();
    gateway.authenticate(
        connection.loop(),
        refresh.token(),
        verdict -> {
          if (connection.isClosed()) {
            return;
          }
          connection.open(session);
          switch (verdict) {
            case Verdict.Valid(Principal now) when now.same(session.principal()) -> {
              session.entitle(now);
              connection.open(session);
              Long expires = now.expiresAt() == null ? null : now.expiresAt().toEpochMilli();
              connection.send(new ServerFrame.Refreshed(refresh.id(), expires));
            }
            case Verdict.Valid(Principal other) ->
                connection.send(
                    new ServerFrame.Error(
                        refresh.id(), ErrorCode.FORBIDDEN, "token: is another user's", null, null));
            case Verdict.Refused(Reason reason) ->
                connection.send(
                    new ServerFrame.Error(
                        refresh.id(), ErrorCode.UNAUTHORIZED, message(reason), text(reason), null));
          }
          connection.goOn();
        });
  }

  private void authenticate(
      Connection connection, @Nullable String commandId, String token, Consumer<Principal> then) {
    connection.busy();
    gateway.authenticate(
        connection.loop(),
        token,
        verdict -> {
          if (connection.isClosed()) {
            return;
          }
          switch (verdict) {
            case Verdict.Valid(Principal principal) -> then.accept(principal);
            case Verdict.Refused(Reason reason) -> refuse(connection, commandId, reason);
          }
          connection.goOn();
        });
  }

  private static void refuse(Connection connection, @Nullable String commandId, Reason reason) {
    connection.refuse(commandId, message(reason), text(reason));
  }

  private static String text(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static String message(Reason reason) {
    return switch (reason) {
      case INVALID -> "the token is not valid";
      case EXPIRED -> "the token has expired";
      case REVOKED -> "the token has been revoked";
    };
  }

  private void admit(
      Connection connection, Principal principal, Wish wish, @Nullable Session present) {
    if (!connection.ticket().admit(principal.userId())) {
      full(connection, wish, "too many connections of this user");
      return;
    }
    Session wanted = find(wish.sessionId, principal);
    if (wanted == null) {
      end(present);
      create(connection, principal, wish);
      return;
    }
    connection.busy();
    gateway.claim(
        wanted,
        connection.loop(),
        claimed -> {
          if (connection.isClosed()) {
            if (claimed != null) {
              claimed.suspend();
            }
            return;
          }
          end(present);
          if (claimed == null) {
            create(connection, principal, wish);
          } else {
            connection.open(claimed);
            List<FeedPlace> feeds =
                claimed.resume(connection, principal, channel(connection), wish.positions);
            connection.open(claimed);
            ServerFrame kept = join(connection, claimed);
            connected(connection, claimed, wish, true, feeds);
            tell(connection, kept);
            greet(connection, claimed);
          }
          connection.goOn();
        });
  }

  private static void end(@Nullable Session session) {
    if (session != null) {
      session.end();
    }
  }

  private @Nullable Session find(@Nullable String sessionId, Principal principal) {
    Session session = sessionId == null ? null : gateway.find(sessionId);
    // Another user's session is as good as none, and nothing tells the two apart.
    return session != null && session.principal().same(principal) ? session : null;
  }

  private void create(Connection connection, Principal principal, Wish wish) {
    boolean names = connection.dialect() == Dialect.OP;
    Session session =
        gateway.newSession(principal, connection.loop(), names ? wish.sessionId : null);
    if (session == null) {
      int most = gateway.settings().maxSessions();
      full(connection, wish, "Maximum concurrent sessions (" + most + ") exceeded");
      return;
    }
    session.begin(connection, channel(connection));
    connection.open(session);
    ServerFrame kept = join(connection, session);
    connected(connection, session, wish, false, session.told());
    tell(connection, kept);
    greet(connection, session);
  }

  /** Leads a client where its endpoint leads; what it says waits until then. */
  private void greet(Connection connection, Session session) {
    Opening opening = connection.opening();
    if (!opening.endpoint().leads()) {
      return;
    }
    connection.busy();
    connection.send(new ServerFrame.Status(null));
    connection.flush();
    gateway
        .greeter()
        .greet(
            opening,
            session,
            greeting -> connection.loop().execute(() -> greeted(connection, session, greeting)));
  }

  private void greeted(Connection connection, Session session, Greeter.Greeting greeting) {
    if (connection.isClosed()) {
      return;
    }
    connection.open(session);
    switch (greeting) {
      case Greeter.Greeting.Refused(ErrorCode code, String message, int closeCode) ->
          turnAway(connection, code, message, closeCode);
      case Greeter.Greeting.Leads leads -> {
        session.terminal(leads.terminalId());
        switch (session.attach(leads.feed(), From.START, true)) {
          case Session.Attaching.Refused(ErrorCode code, String why) ->
              turnAway(connection, code, why, CloseCode.NOT_THERE);
          case Session.Attaching.Done(FeedPlace place, ServerFrame.SnapshotFrame snapshot) -> {
            connection.send(leads.status().apply(place));
            if (snapshot != null) {
              connection.send(snapshot);
            }
            connection.goOn();
          }
        }
      }
    }
    connection.flush();
  }

  private static void turnAway(Connection connection, ErrorCode code, String why, int closeCode) {
    connection.send(new ServerFrame.Error(null, code, why, null, null));
    connection.endSession(closeCode, code.text());
  }

  private void full(Connection connection, Wish wish, String message) {
    if (connection.dialect() == Dialect.OP) {
      connection.turnAway("over_capacity", message, CloseCode.LIMITED, 5_000L);
      return;
    }
    gateway.telemetry().refused(ErrorCode.OVER_CAPACITY.text());
    connection.send(
        new ServerFrame.Error(wish.commandId, ErrorCode.OVER_CAPACITY, message, null, 5_000L));
    connection.endSession(CloseCode.OVER_CAPACITY, "over_capacity");
  }

  private void connected(
      Connection connection, Session session, Wish wish, boolean resumed, List<FeedPlace> feeds) {
    gateway
        .telemetry()
        .admitted(connection.id(), session.sessionId(), session.principal().userId(), resumed);
    if (!wish.told) {
      return;
    }
    Settings settings = gateway.settings();
    connection.send(
        new ServerFrame.Connected(
            wish.commandId,
            connection.id(),
            session.sessionId(),
            session.principal().userId(),
            resumed,
            connection.millis(),
            settings.heartbeatInterval().toMillis(),
            settings.timeouts(),
            new ServerFrame.Limits(
                settings.maxFrameBytes(), settings.maxAttachments(), settings.historyPage()),
            feeds));
  }

  private static String channel(Connection connection) {
    String named = connection.opening().channel();
    return named == null ? Gateway.DEFAULT_CHANNEL : named;
  }

  private static void tell(Connection connection, @Nullable ServerFrame frame) {
    if (frame != null) {
      connection.send(frame);
    }
  }

  /** Joins the endpoint's channel; what the client has to be told where it may not. */
  private static @Nullable ServerFrame join(Connection connection, Session session) {
    FeedId channel = Gateway.channel(session.channel());
    if (connection.opening().endpoint().joins() && !session.reads(channel)) {
      Session.Attaching attaching = session.attach(channel, From.NOW, true);
      if (attaching instanceof Session.Attaching.Refused(ErrorCode code, String why)) {
        return new ServerFrame.Error(null, code, why, null, null);
      }
    }
    return null;
  }
}
