/** Joins the agent kind to sessions. */
@NullMarked
package dev.holdfast.server.agent;

import org.jspecify.annotations.NullMarked;
