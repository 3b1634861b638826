package dev.holdfast.kinds.device;

import dev.holdfast.feed.Retention;
import java.time.Duration;

/**
 * How devices are kept within bounds. Immutable; any thread.
 *
 * @param heartbeat between two signs of life
 * @param patience how long a probe waits for an answer
 * @param keptFor how long a device that is away is known
 * @param maxDevices known at once
 * @param maxPerUser known at once
 * @param maxCommands of one device that have not ended
 * @param deadline of a command that names none
 * @param framesPerSecond that a device may say; 0 for any number
 * @param kept of a device's events
 */
public record DeviceSettings(
    Duration heartbeat,
    Duration patience,
    Duration keptFor,
    int maxDevices,
    int maxPerUser,
    int maxCommands,
    Duration deadline,
    int framesPerSecond,
    Retention kept) {}
