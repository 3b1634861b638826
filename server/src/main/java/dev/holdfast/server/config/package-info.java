/** One file, the environment and the command line, as typed records. */
@NullMarked
package dev.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
