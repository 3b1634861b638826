/**
 * A terminal without a display: follows what a program writes, and writes down the screen that
 * results as the escape sequences that paint it.
 */
@NullMarked
package dev.holdfast.kinds.terminal.screen;

import org.jspecify.annotations.NullMarked;
