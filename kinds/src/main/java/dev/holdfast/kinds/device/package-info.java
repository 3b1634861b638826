/** A device link: its events out, commands to it in. */
@NullMarked
package dev.holdfast.kinds.device;

import org.jspecify.annotations.NullMarked;
