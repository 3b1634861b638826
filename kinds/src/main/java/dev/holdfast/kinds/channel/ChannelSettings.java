package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.util.List;

/**
 * How channels are kept. Immutable; any thread.
 *
 * @param namespaces one of them matches every name
 * @param maxChannels at once, those of users and teams included
 * @param linger how long a channel with nobody in and nothing retained is kept, so that whoever
 *     comes back finds the same life of it
 */
public record ChannelSettings(List<Namespace> namespaces, int maxChannels, Duration linger) {

  /** 10,000 events, 8 MiB and 10 minutes of each channel; open to those with a claim. */
  public static final ChannelSettings DEFAULTS =
      new ChannelSettings(
          List.of(
              new Namespace(
                  "*",
                  new Retention(10_000, 8L << 20, Duration.ofMinutes(10)),
                  true,
                  Namespace.Access.CLAIM,
                  Namespace.Access.CLAIM)),
          100_000,
          Duration.ofMinutes(5));

  public ChannelSettings {
    namespaces = List.copyOf(namespaces);
    if (namespaces.stream().noneMatch(n -> n.pattern().equals("*"))) {
      throw new IllegalArgumentException("namespaces: one must have the pattern *");
    }
  }
}
