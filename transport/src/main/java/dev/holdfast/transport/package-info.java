/** Turns a socket into a session's pipe: HTTP upgrade, frames, flow. */
@NullMarked
package dev.holdfast.transport;

import org.jspecify.annotations.NullMarked;
