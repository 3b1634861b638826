package dev.holdfast.console;

import org.jspecify.annotations.Nullable;

/**
 * One file of the page. Immutable but for its bytes, which nobody may change; any thread.
 *
 * @param type its content type
 * @param zipped the body by gzip; null where that is no shorter
 * @param etag quoted and weak, as it stands for both
 * @param lasting whether another content would have another path, so that it may be kept for good
 */
public record Asset(
    String type, byte[] body, byte @Nullable [] zipped, String etag, boolean lasting) {}
