package dev.holdfast.server.http;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.channel.Door;
import dev.holdfast.kinds.channel.Members;
import dev.holdfast.kinds.channel.Outcome;
import dev.holdfast.server.channel.StatsJson;
import dev.holdfast.server.channel.Subjects;
import dev.holdfast.session.Opening;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.ServerFrame;
import dev.holdfast.wire.TypeDialect;
import java.util.List;
import java.util.Map;

/** Publishing to channels and looking into them. */
final class ChannelRoutes {

  private static final List<String> PUBLISHERS = List.of("publisher", "admin");
  private static final List<String> ADMINS = List.of("admin");

  private final Channels channels;

  ChannelRoutes(Parts parts) {
    this.channels = parts.channels();
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/publish", PUBLISHERS, (r, v, p) -> publish(r, p));
    routes.add("POST", "/api/broadcast", PUBLISHERS, (r, v, p) -> broadcast(r, p));
    routes.add("GET", "/api/channels", ADMINS, (r, v, p) -> Reply.later(() -> list(r)));
    routes.add("GET", "/api/channels/{channel}/history", ADMINS, this::history);
    routes.add(
        "GET",
        "/api/channels/{channel}/presence",
        ADMINS,
        (r, v, p) -> Reply.later(() -> presence(r, v, p)));
    routes.add(
        "GET",
        "/api/stats",
        ADMINS,
        (r, v, p) ->
            Reply.later(() -> Reply.raw("application/json", StatsJson.of(channels.stats()))));
  }

  private Reply publish(HttpRequest request, Principal principal) {
    ClientFrame.Publish wish = Body.command(request, "publish", ClientFrame.Publish.class);
    Outcome outcome =
        channels.publish(
            Subjects.of(principal),
            wish.channel(),
            wish.event(),
            wish.data().bytes(),
            wish.idempotencyKey());
    return switch (outcome) {
      case Outcome.Done(Position position, boolean duplicate) ->
          Reply.json(200, Map.of("position", position.toString(), "duplicate", duplicate));
      case Outcome.Refused(Door.Why why, String message) -> refused(why, message);
    };
  }

  private Reply broadcast(HttpRequest request, Principal principal) {
    ClientFrame.Broadcast wish = Body.command(request, "broadcast", ClientFrame.Broadcast.class);
    int recipients = channels.broadcast(Subjects.of(principal), null, wish.content().bytes());
    return Reply.json(200, Map.of("recipients", recipients));
  }

  private Reply list(HttpRequest request) {
    return Paging.of(request)
        .of(channels.subscribers(), Map.Entry::getKey, Map.Entry::getKey)
        .reply("channels", one -> Map.of("channel", one.getKey(), "subscribers", one.getValue()));
  }

  private Reply presence(HttpRequest request, Map<String, String> path, Principal principal) {
    String channel = path.getOrDefault("channel", "");
    Members members = channels.presence(channel, Subjects.of(principal));
    if (members == null) {
      throw new Refusal(403, "forbidden", "channel: you may not see who is in it");
    }
    return Paging.of(request)
        .of(members.connectionsByUser().entrySet().stream(), Map.Entry::getKey, Map.Entry::getKey)
        .reply("members", one -> Map.of("user_id", one.getKey(), "connections", one.getValue()));
  }

  private Reply history(HttpRequest request, Map<String, String> path, Principal principal) {
    String channel = path.getOrDefault("channel", "");
    if (!Opening.validChannel(channel)) {
      throw Refusal.badRequest("channel: not a channel name");
    }
    FeedId id = new FeedId(Channels.KIND, channel);
    return switch (channels.look(id, Subjects.of(principal))) {
      case Door.Granted granted -> page(request, id, granted.feed());
      case Door.Refused(Door.Why why, String message) -> refused(why, message);
    };
  }

  private static Reply page(HttpRequest request, FeedId id, Feed feed) {
    String after = request.query().get("after");
    Position from = after == null ? null : Position.parse(after).orElse(null);
    if (after != null && from == null) {
      throw Refusal.badRequest("after: is not a position");
    }
    boolean reverse = flag(request.query().getOrDefault("reverse", "false"));
    long epoch = feed.tail().epoch();
    Long offset = from == null || from.epoch() != epoch ? null : Long.valueOf(from.offset());
    Feed.Page page = feed.history(offset, Paging.limit(request), reverse);
    String next =
        page.events().isEmpty()
            ? feed.tail().toString()
            : new Position(epoch, page.events().getLast().offset()).toString();
    List<EventFrame> events = page.events().stream().map(e -> frame(e, id)).toList();
    return Reply.raw(
        "application/json",
        TypeDialect.encode(
            new ServerFrame.History(null, id.toString(), events, next, page.complete())));
  }

  static EventFrame frame(Event event, FeedId id) {
    return new EventFrame(
        event.type(), event.body(), event.millis(), id.toString(), event.offset(), event.span());
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refusal.badRequest("reverse: must be true or false");
    };
  }

  private static Reply refused(Door.Why why, String message) {
    int status =
        switch (why) {
          case FORBIDDEN -> 403;
          case NOT_FOUND -> 404;
          case FULL -> 503;
        };
    return Reply.error(status, Subjects.code(why).text(), message);
  }
}
