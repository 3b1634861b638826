package dev.holdfast.server.channel;

import dev.holdfast.kinds.channel.Stats;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Figures as the wire and the HTTP API show them. Any thread. */
public final class StatsJson {

  private static final JsonMapper JSON = new JsonMapper();

  private StatsJson() {}

  public static byte[] of(Stats stats) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("active_channels", stats.channels().size());
    data.put("connected_users", stats.connectedUsers());
    data.put("connections", stats.connections());
    data.put("channels", stats.channels());
    return JSON.writeValueAsBytes(data);
  }
}
