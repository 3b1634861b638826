/** The load generator and micro-benchmarks; as the last room it also assembles the distribution. */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
