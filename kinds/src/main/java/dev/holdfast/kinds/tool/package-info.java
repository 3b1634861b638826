/** A tool call: progress, chunks and one result out; cancel in. */
@NullMarked
package dev.holdfast.kinds.tool;

import org.jspecify.annotations.NullMarked;
