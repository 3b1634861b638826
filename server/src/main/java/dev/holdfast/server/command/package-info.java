/** The subcommands of the server. */
@NullMarked
package dev.holdfast.server.command;

import org.jspecify.annotations.NullMarked;
