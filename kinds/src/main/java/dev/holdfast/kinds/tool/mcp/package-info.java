/** Tools of servers that speak the Model Context Protocol, by its official SDK. */
@NullMarked
package dev.holdfast.kinds.tool.mcp;

import org.jspecify.annotations.NullMarked;
