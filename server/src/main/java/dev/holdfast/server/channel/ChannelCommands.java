package dev.holdfast.server.channel;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.channel.Door;
import dev.holdfast.kinds.channel.Members;
import dev.holdfast.kinds.channel.Outcome;
import dev.holdfast.kinds.channel.Subject;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands to channels, from sessions. Any thread. */
public final class ChannelCommands implements Commands {

  private final Channels channels;

  public ChannelCommands(Channels channels) {
    this.channels = channels;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    Subject who = Subjects.of(caller.principal());
    switch (command) {
      case ClientFrame.Message(String id, String channel, RawJson content) ->
          published(
              caller,
              id,
              channels.message(who, channel == null ? caller.channel() : channel, content.bytes()),
              false);
      case ClientFrame.Publish(String id, String channel, String event, RawJson data, String key) ->
          published(caller, id, channels.publish(who, channel, event, data.bytes(), key), true);
      case ClientFrame.Broadcast(String id, RawJson content) ->
          caller.ack(
              id,
              Map.of("recipients", channels.broadcast(who, caller.sessionId(), content.bytes())));
      case ClientFrame.Direct(String id, String to, RawJson content) ->
          direct(caller, who, id, to, content);
      case ClientFrame.Presence(String id, String channel) -> presence(caller, who, id, channel);
      case ClientFrame.GetStats(String id) -> stats(caller, id);
      default -> throw new IllegalArgumentException("not a channel's: " + command);
    }
  }

  private static void published(
      Caller caller, @Nullable String id, Outcome outcome, boolean keyed) {
    switch (outcome) {
      case Outcome.Done(var position, boolean duplicate) -> {
        if (id != null) {
          caller.ack(
              id,
              keyed
                  ? Map.of("position", position.toString(), "published", !duplicate)
                  : Map.of("position", position.toString()));
        }
      }
      case Outcome.Refused(Door.Why why, String message) ->
          caller.refuse(id, Subjects.code(why), message);
    }
  }

  private void direct(Caller caller, Subject who, @Nullable String id, String to, RawJson content) {
    if (FeedId.validName("user:" + to)) {
      caller.ack(id, Map.of("delivered", channels.direct(who, to, content.bytes())));
    } else {
      caller.refuse(id, ErrorCode.BAD_REQUEST, "to: is not a user id");
    }
  }

  private void presence(Caller caller, Subject who, @Nullable String id, String channel) {
    Members members = channels.presence(channel, who);
    if (members == null) {
      caller.refuse(
          id, ErrorCode.FORBIDDEN, "channel: you may not see who is in '" + channel + "'");
      return;
    }
    List<ServerFrame.Member> list =
        members.connectionsByUser().entrySet().stream()
            .map(e -> new ServerFrame.Member(e.getKey(), e.getValue()))
            .sorted(Comparator.comparing(ServerFrame.Member::userId))
            .toList();
    caller.reply(new ServerFrame.Presence(id, channel, list, list.size()));
  }

  private void stats(Caller caller, @Nullable String id) {
    if (caller.principal().admin()) {
      caller.reply(new ServerFrame.Stats(id, RawJson.of(StatsJson.of(channels.stats()))));
    } else {
      caller.refuse(id, ErrorCode.FORBIDDEN, "get_stats needs the role admin");
    }
  }
}
