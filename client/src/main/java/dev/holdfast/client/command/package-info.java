/** The command lines of the client. */
@NullMarked
package dev.holdfast.client.command;

import org.jspecify.annotations.NullMarked;
