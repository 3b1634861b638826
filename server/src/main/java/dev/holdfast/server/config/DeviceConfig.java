package dev.holdfast.server.config;

import dev.holdfast.kinds.device.DeviceSettings;
import dev.holdfast.kinds.device.Uploads;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How devices are served. Immutable; any thread.
 *
 * @param restricted commands that need their role on one's own devices too
 * @param media the folder of what devices upload; null for one that goes with the gateway
 * @param bounds how much of that is kept
 */
public record DeviceConfig(
    DeviceSettings settings, Set<String> restricted, @Nullable Path media, Uploads.Bounds bounds) {

  public DeviceConfig {
    restricted = Set.copyOf(restricted);
  }
}
