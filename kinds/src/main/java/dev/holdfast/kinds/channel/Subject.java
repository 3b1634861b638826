package dev.holdfast.kinds.channel;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who uses channels, and what it may do. Immutable; any thread.
 *
 * @param channels patterns of the channels it may subscribe to
 * @param publish patterns of the channels it may publish to
 * @param admin whether it may do everything
 */
public record Subject(
    String userId,
    Set<String> teams,
    @Nullable String workspace,
    List<String> channels,
    List<String> publish,
    boolean admin) {}
