package dev.holdfast.kinds.channel;

import java.util.Map;

/** Who is in a channel. Immutable; any thread. */
public record Members(Map<String, Integer> connectionsByUser) {
  public Members {
    connectionsByUser = Map.copyOf(connectionsByUser);
  }
}
