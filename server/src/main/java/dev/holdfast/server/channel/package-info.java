/** Joins the channel kind to sessions. */
@NullMarked
package dev.holdfast.server.channel;

import org.jspecify.annotations.NullMarked;
