/** Who a client is: tokens, API keys, revocations. */
@NullMarked
package dev.holdfast.server.auth;

import org.jspecify.annotations.NullMarked;
