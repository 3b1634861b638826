package dev.holdfast.kinds.agent;

import java.util.function.Consumer;

/**
 * Something that a run waits for somebody to decide. Immutable; any thread.
 *
 * @param question as the event told it
 * @param otherwise the decision when nobody decides in time
 */
record Approval(
    String id, String question, String otherwise, long untilMillis, Consumer<String> decided) {}
