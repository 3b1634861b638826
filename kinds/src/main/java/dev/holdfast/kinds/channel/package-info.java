/** A channel: the gateway owns it, anyone allowed may publish. */
@NullMarked
package dev.holdfast.kinds.channel;

import org.jspecify.annotations.NullMarked;
