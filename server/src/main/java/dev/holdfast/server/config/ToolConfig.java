package dev.holdfast.server.config;

import dev.holdfast.kinds.tool.ToolSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is configured of tools. Immutable; any thread.
 *
 * @param token that clients share; null for none
 * @param log the file of calls; null for none
 */
public record ToolConfig(
    ToolSettings settings,
    List<ProviderSpec> providers,
    @Nullable String token,
    @Nullable Log log) {

  public ToolConfig {
    providers = List.copyOf(providers);
  }

  /**
   * A log of calls.
   *
   * @param bytes at which it is rotated
   * @param files that are kept, rotated
   */
  public record Log(Path file, long bytes, int files) {}

  /** Without the token. */
  @Override
  public String toString() {
    return "tools of " + providers.stream().map(ProviderSpec::id).toList();
  }
}
