package dev.holdfast.kinds.tool;

/** Why a call came to nothing, in the words of the tools' dialect. */
public enum ToolError {
  /** The request contradicts itself or the present state. */
  INVALID_REQUEST,
  /** It took longer than its deadline. */
  TIMEOUT,
  /** The arguments are not as the tool's schema says. */
  VALIDATION_ERROR,
  /** No room at present. */
  OVER_CAPACITY,
  /** A fault of the gateway. */
  INTERNAL_ERROR,
  /** What serves the tool is out of order at present. */
  SERVICE_UNAVAILABLE,
  /** No such tool, or none that the caller may know of. */
  TOOL_NOT_FOUND,
  /** The tool was run and says that it failed. */
  TOOL_EXECUTION_ERROR,
  /** What serves the tool failed, or can't be reached. */
  PROVIDER_ERROR,
  /** It was stopped. */
  CANCELLED
}
