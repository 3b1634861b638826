/** Workers, which connect to the gateway and work for it. */
@NullMarked
package dev.holdfast.server.worker;

import org.jspecify.annotations.NullMarked;
