/** Joins the terminal kind to sessions. */
@NullMarked
package dev.holdfast.server.terminal;

import org.jspecify.annotations.NullMarked;
