/** Tools, as sessions and the HTTP API reach them. */
@NullMarked
package dev.holdfast.server.tool;

import org.jspecify.annotations.NullMarked;
