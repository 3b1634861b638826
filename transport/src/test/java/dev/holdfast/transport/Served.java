package dev.holdfast.transport;

import dev.holdfast.feed.FeedId;
import dev.holdfast.session.Authenticator.Reason;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Gateway;
import dev.holdfast.session.Greeter;
import dev.holdfast.session.Principal;
import dev.holdfast.session.Settings;
import dev.holdfast.session.Telemetry;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A listener on a free port, with a gateway that answers {@code get_stats} and no feeds. */
final class Served implements AutoCloseable {

  static final Principal ANN =
      new Principal("ann", Set.of(), null, List.of(), List.of(), Set.of(), null, null);

  final Gateway gateway;
  final Listener listener;
  volatile String statsText = "{}";

  Served(TransportSettings settings) throws IOException {
    this(settings, (request, reply) -> reply.send(200, Map.of(), request.body()));
  }

  Served(TransportSettings settings, HttpHandler handler) throws IOException {
    this(settings, handler, Epoll.isAvailable(), new NoFeeds());
  }

  Served(TransportSettings settings, HttpHandler handler, boolean epoll, Catalog catalog)
      throws IOException {
    gateway =
        new Gateway(
            Settings.DEFAULTS,
            (token, then) ->
                then.accept(
                    token.equals("ann")
                        ? new Verdict.Valid(ANN)
                        : new Verdict.Refused(Reason.INVALID)),
            catalog,
            (command, caller) -> {
              if (command instanceof ClientFrame.GetStats stats) {
                caller.reply(new ServerFrame.Stats(stats.id(), RawJson.of(statsText)));
              } else {
                caller.ack(command.id(), Map.of());
              }
            },
            Greeter.NOWHERE,
            Telemetry.NONE,
            Clock.systemUTC(),
            System::nanoTime,
            new Random(7)::nextLong);
    listener =
        Listener.start(
            settings.onPort(0), gateway, List.of(Endpoint.WS, Endpoint.CHAT), handler, epoll);
  }

  int port() {
    return listener.address().getPort();
  }

  RawClient client() throws IOException {
    return new RawClient(port());
  }

  @Override
  public void close() {
    listener.close();
  }

  static final class NoFeeds implements Catalog {
    @Override
    public Entry open(FeedId id, Caller by) {
      return new Entry.Refused(ErrorCode.NOT_FOUND, "no feeds here");
    }

    @Override
    public Entry look(FeedId id, Principal principal) {
      return new Entry.Refused(ErrorCode.NOT_FOUND, "no feeds here");
    }

    @Override
    public List<Standing> standing(Principal principal) {
      return List.of();
    }
  }
}
