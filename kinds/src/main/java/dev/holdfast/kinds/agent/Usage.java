package dev.holdfast.kinds.agent;

import dev.holdfast.kinds.common.Members;

/**
 * What a run took. Immutable; any thread.
 *
 * @param tokensIn as its model counts them; -1 where nobody does
 * @param tokensOut as its model counts them, else the pieces of the answer
 * @param firstTokenMillis from its start to the first token; -1 where there was none
 * @param millis from its start to its end
 */
public record Usage(long tokensIn, long tokensOut, long firstTokenMillis, long millis) {

  String json() {
    Members members = new Members();
    if (tokensIn >= 0) {
      members.number("tokens_in", tokensIn);
    }
    members.number("tokens_out", tokensOut);
    if (firstTokenMillis >= 0) {
      members.number("first_token_ms", firstTokenMillis);
    }
    return members.number("duration_ms", millis).object();
  }
}
