/** Agents that are chat models, over LangChain4j. */
@NullMarked
package dev.holdfast.kinds.agent.model;

import org.jspecify.annotations.NullMarked;
