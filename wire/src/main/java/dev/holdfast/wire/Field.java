package dev.holdfast.wire;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields that the frames of clients have between them. */
enum Field {
  TYPE(true),
  ID(true),
  TOKEN(true),
  SESSION_ID(true),
  USER_ID(true),
  POSITIONS(false),
  TIMESTAMP(false),
  FEED(true),
  FROM(true),
  AFTER(true),
  LIMIT(false),
  REVERSE(false),
  CHANNEL(true),
  PRESENCE(false),
  CONTENT(false),
  TO(true),
  EVENT(true),
  DATA(false),
  IDEMPOTENCY_KEY(true),
  AGENT_ID(true),
  PROMPT(true),
  ACTION(true),
  PARAMS(false),
  DEADLINE_MS(false),
  CANCEL_AFTER_MS(false),
  CONVERSATION_ID(true),
  PUBLISH_TO(true),
  GUIDANCE(false),
  AGENTS(false),
  TERMINAL_ID(true),
  VISIBLE(false),
  OFFSET(false),
  COMMAND(true),
  CWD(true),
  ROWS(false),
  COLS(false),
  SIGNAL(true),
  RUN_ID(true),
  APPROVAL_ID(true),
  DECISION(true),
  OP(true),
  REQUEST_ID(true),
  NAME(true),
  TOOL(true),
  ARGUMENTS(false),
  CALL_FEED(true),
  OLD(true),
  NEW(true),
  TOOLS(false),
  PROVIDER(true),
  CALL_ID(true),
  DEVICE_ID(true),
  DEVICE_INFO(false),
  LAST_COMMAND_ID(true),
  COMMAND_ID(true),
  SUCCESS(false),
  ERROR(false),
  PROGRESS(false),
  MESSAGE(true);

  /** The name on the wire. */
  final String wire = name().toLowerCase(Locale.ROOT);

  /** Whether its strings are read; those of other fields are passed on as they came, or refused. */
  final boolean text;

  Field(boolean text) {
    this.text = text;
  }

  /** The field of that name on the wire; null for one that no frame has. */
  static @Nullable Field named(String wire) {
    return switch (wire) {
      case "type" -> TYPE;
      case "id" -> ID;
      case "token" -> TOKEN;
      case "session_id" -> SESSION_ID;
      case "user_id" -> USER_ID;
      case "positions" -> POSITIONS;
      case "timestamp" -> TIMESTAMP;
      case "feed" -> FEED;
      case "from" -> FROM;
      case "after" -> AFTER;
      case "limit" -> LIMIT;
      case "reverse" -> REVERSE;
      case "channel" -> CHANNEL;
      case "presence" -> PRESENCE;
      case "content" -> CONTENT;
      case "to" -> TO;
      case "event" -> EVENT;
      case "data" -> DATA;
      case "idempotency_key" -> IDEMPOTENCY_KEY;
      case "agent_id" -> AGENT_ID;
      case "prompt" -> PROMPT;
      case "action" -> ACTION;
      case "params" -> PARAMS;
      case "deadline_ms" -> DEADLINE_MS;
      case "cancel_after_ms" -> CANCEL_AFTER_MS;
      case "conversation_id" -> CONVERSATION_ID;
      case "publish_to" -> PUBLISH_TO;
      case "guidance" -> GUIDANCE;
      case "agents" -> AGENTS;
      case "terminal_id" -> TERMINAL_ID;
      case "visible" -> VISIBLE;
      case "offset" -> OFFSET;
      case "command" -> COMMAND;
      case "cwd" -> CWD;
      case "rows" -> ROWS;
      case "cols" -> COLS;
      case "signal" -> SIGNAL;
      case "run_id" -> RUN_ID;
      case "approval_id" -> APPROVAL_ID;
      case "decision" -> DECISION;
      case "op" -> OP;
      case "request_id" -> REQUEST_ID;
      case "name" -> NAME;
      case "tool" -> TOOL;
      case "arguments" -> ARGUMENTS;
      case "call_feed" -> CALL_FEED;
      case "old" -> OLD;
      case "new" -> NEW;
      case "tools" -> TOOLS;
      case "provider" -> PROVIDER;
      case "call_id" -> CALL_ID;
      case "device_id" -> DEVICE_ID;
      case "device_info" -> DEVICE_INFO;
      case "last_command_id" -> LAST_COMMAND_ID;
      case "command_id" -> COMMAND_ID;
      case "success" -> SUCCESS;
      case "error" -> ERROR;
      case "progress" -> PROGRESS;
      case "message" -> MESSAGE;
      default -> null;
    };
  }
}
