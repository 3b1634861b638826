package dev.holdfast.server.channel;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.channel.Door;
import dev.holdfast.kinds.channel.Subject;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import java.util.List;

/** The feeds of channels, for sessions. Any thread. */
public final class ChannelFeeds implements Catalog {

  private final Channels channels;

  public ChannelFeeds(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    Principal principal = by.principal();
    Subject who = Subjects.of(principal);
    return switch (id.kind()) {
      case Channels.KIND -> entry(channels.subscribe(id.name(), who));
      case Channels.PRESENCE -> entry(channels.presenceFeed(id.name(), who));
      default -> unknown();
    };
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    return switch (id.kind()) {
      case Channels.KIND, Channels.PRESENCE -> entry(channels.look(id, Subjects.of(principal)));
      default -> unknown();
    };
  }

  @Override
  public List<Standing> standing(Principal principal) {
    return channels.standing(Subjects.of(principal)).stream()
        .map(s -> new Standing(s.feed(), s.from(), s.told()))
        .toList();
  }

  private static Entry unknown() {
    return Entry.UNKNOWN;
  }

  private static Entry entry(Door door) {
    return switch (door) {
      case Door.Granted granted -> new Entry.Granted(granted.feed(), granted.subscription()::leave);
      case Door.Refused(Door.Why why, String message) ->
          new Entry.Refused(Subjects.code(why), message);
    };
  }
}
