/** An agent run: tokens, progress and logs out; cancel, approve and user input in. */
@NullMarked
package dev.holdfast.kinds.agent;

import org.jspecify.annotations.NullMarked;
