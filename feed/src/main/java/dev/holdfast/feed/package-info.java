/** The idea: feeds, owners, readers, positions, and the in-memory engine. */
@NullMarked
package dev.holdfast.feed;

import org.jspecify.annotations.NullMarked;
