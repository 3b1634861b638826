package dev.holdfast.kinds.tool;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What tools gave, as long as it stands for later calls, in a room of bounded size. Any thread. */
final class Results {

  /** What an entry takes beside its texts, about. */
  private static final int ENTRY_BYTES = 200;

  private record Kept(String outputs, long untilMillis) {}

  private final InstantSource clock;
  private final Cache<String, Kept> kept;

  Results(long mostBytes, InstantSource clock) {
    this.clock = clock;
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(mostBytes)
            .weigher((String key, Kept one) -> ENTRY_BYTES + key.length() + one.outputs().length())
            .build();
  }

  /** What calls have in common that may share a result. */
  static String key(ToolRequest request, Tool tool, JsonNode arguments) {
    String scope = tool.shared() ? "" : request.user();
    // A length in front, so that no user's name runs into the rest.
    return scope.length()
        + ":"
        + scope
        + tool.name()
        + "@"
        + tool.edition()
        + " "
        + Arguments.canonical(arguments);
  }

  /** The result of a call; null where none stands. */
  @Nullable String standing(String key) {
    Kept one = kept.getIfPresent(key);
    return one != null && one.untilMillis() > clock.millis() ? one.outputs() : null;
  }

  void put(String key, String outputs, Duration stands) {
    kept.put(key, new Kept(outputs, clock.millis() + stands.toMillis()));
  }

  /** Makes room. */
  void sweep() {
    kept.cleanUp();
  }
}
