@NullMarked
package dev.holdfast.conformance;

import org.jspecify.annotations.NullMarked;
