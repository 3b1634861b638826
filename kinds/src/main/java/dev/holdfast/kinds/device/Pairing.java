package dev.holdfast.kinds.device;

/**
 * The right of one device to be there for its user, by a token of its own. Immutable; any thread.
 *
 * @param id by which it can be taken back
 * @param name what people call it; may be empty
 */
public record Pairing(String id, String user, String deviceId, String name, long createdMillis) {}
