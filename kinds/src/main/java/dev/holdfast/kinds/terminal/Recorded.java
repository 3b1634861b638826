package dev.holdfast.kinds.terminal;

import java.nio.file.Path;

/**
 * A recording as far as it has come. Immutable.
 *
 * @param file that has it, and may have more by now
 * @param bytes of it, whole lines; 0 where nothing could be written
 */
public record Recorded(Path file, long bytes) {}
