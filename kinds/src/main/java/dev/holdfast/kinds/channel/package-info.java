/** Channels: feeds that the gateway owns and that users publish to. */
@NullMarked
package dev.holdfast.kinds.channel;

import org.jspecify.annotations.NullMarked;
