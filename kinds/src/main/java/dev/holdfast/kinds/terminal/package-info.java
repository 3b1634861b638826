/** A terminal: the output of a PTY out; input, resize and signals in. */
@NullMarked
package dev.holdfast.kinds.terminal;

import org.jspecify.annotations.NullMarked;
