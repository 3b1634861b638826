@NullMarked
package dev.holdfast.bench.stress;

import org.jspecify.annotations.NullMarked;
