/** The gateway: main, configuration, authentication, metrics, HTTP API. */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
