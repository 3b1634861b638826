/** The Java client, which re-attaches by itself. */
@NullMarked
package dev.holdfast.client;

import org.jspecify.annotations.NullMarked;
