/** Every scenario as a case over a real socket, against any running gateway. */
@NullMarked
package dev.holdfast.conformance;

import org.jspecify.annotations.NullMarked;
