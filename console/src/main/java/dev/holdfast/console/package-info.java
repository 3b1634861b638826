/** The web page, as files. */
@NullMarked
package dev.holdfast.console;

import org.jspecify.annotations.NullMarked;
