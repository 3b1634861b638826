/** What several kinds need: no feeds, and no kind. */
@NullMarked
package dev.holdfast.kinds.common;

import org.jspecify.annotations.NullMarked;
