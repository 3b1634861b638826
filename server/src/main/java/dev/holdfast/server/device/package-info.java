/** Joins devices to sessions. */
@NullMarked
package dev.holdfast.server.device;

import org.jspecify.annotations.NullMarked;
