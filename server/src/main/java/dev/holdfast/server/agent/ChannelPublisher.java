package dev.holdfast.server.agent;

import dev.holdfast.kinds.agent.Publisher;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.channel.Outcome;
import dev.holdfast.kinds.channel.Subject;
import dev.holdfast.kinds.device.Owners;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Publishes what runs and devices say of themselves. Whether runs may was asked when they began;
 * devices tell their own users alone. Any thread.
 */
public final class ChannelPublisher implements Publisher, Owners {

  private static final System.Logger LOG = System.getLogger(ChannelPublisher.class.getName());

  private final Channels channels;

  public ChannelPublisher(Channels channels) {
    this.channels = channels;
  }

  @Override
  public void publish(Run run, String channel, String event, String json) {
    publish(run.request().user(), channel, event, json);
  }

  @Override
  public void tell(String user, String event, String json) {
    publish(user, "user:" + user, event, json);
  }

  private void publish(String user, String channel, String event, String json) {
    Subject who = new Subject(user, Set.of(), null, List.of(), List.of(channel), true);
    if (channels.publish(who, channel, event, json.getBytes(StandardCharsets.UTF_8), null)
        instanceof Outcome.Refused refused) {
      LOG.log(System.Logger.Level.DEBUG, "{0} to {1}: {2}", event, channel, refused.message());
    }
  }
}
