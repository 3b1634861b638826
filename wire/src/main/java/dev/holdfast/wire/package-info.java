/** The frames as records, both dialects, and the codes. */
@NullMarked
package dev.holdfast.wire;

import org.jspecify.annotations.NullMarked;
