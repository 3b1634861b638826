/** The gateway as an MCP server: its tools, for clients of that protocol. */
@NullMarked
package dev.holdfast.server.mcp;

import org.jspecify.annotations.NullMarked;
