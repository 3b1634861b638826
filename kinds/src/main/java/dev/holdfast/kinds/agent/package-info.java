/** Agent runs: feeds that are owned by the work of an agent. */
@NullMarked
package dev.holdfast.kinds.agent;

import org.jspecify.annotations.NullMarked;
