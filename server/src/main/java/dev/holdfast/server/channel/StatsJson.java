package dev.holdfast.server.channel;

import dev.holdfast.kinds.channel.Stats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Figures as the wire and the HTTP API show them. Any thread. */
public final class StatsJson {

  /** Channels that are named; a listing has them all. */
  private static final int MOST = 1_000;

  private static final JsonMapper JSON = new JsonMapper();

  private StatsJson() {}

  public static byte[] of(Stats stats) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("active_channels", stats.channels().size());
    data.put("connected_users", stats.connectedUsers());
    data.put("connections", stats.connections());
    data.put("channels", fullest(stats.channels()));
    return JSON.writeValueAsBytes(data);
  }

  private static Map<String, Integer> fullest(Map<String, Integer> channels) {
    if (channels.size() <= MOST) {
      return channels;
    }
    Map<String, Integer> fullest = new TreeMap<>();
    channels.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(MOST)
        .forEach(one -> fullest.put(one.getKey(), one.getValue()));
    return fullest;
  }
}
