package dev.holdfast.server.agent;

import dev.holdfast.kinds.agent.Publisher;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.channel.Outcome;
import dev.holdfast.kinds.channel.Subject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Publishes what runs say of themselves. Whether they may was asked when they began. */
public final class ChannelPublisher implements Publisher {

  private static final System.Logger LOG = System.getLogger(ChannelPublisher.class.getName());

  private final Channels channels;

  public ChannelPublisher(Channels channels) {
    this.channels = channels;
  }

  @Override
  public void publish(Run run, String channel, String event, String json) {
    Subject user =
        new Subject(run.request().user(), Set.of(), null, List.of(), List.of(channel), true);
    if (channels.publish(user, channel, event, json.getBytes(StandardCharsets.UTF_8), null)
        instanceof Outcome.Refused refused) {
      LOG.log(System.Logger.Level.DEBUG, "run {0}: {1}", run.id(), refused.message());
    }
  }
}
