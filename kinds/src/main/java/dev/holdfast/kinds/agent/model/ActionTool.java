package dev.holdfast.kinds.agent.model;

import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Outcome;
import dev.holdfast.kinds.agent.Request;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.agent.Terms;

/** An action of another agent as a tool: a run of its own, in the name of the same user. */
public final class ActionTool implements Tool.Work {

  private final Agents agents;
  private final String agentId;
  private final String action;

  public ActionTool(Agents agents, String agentId, String action) {
    this.agents = agents;
    this.agentId = agentId;
    this.action = action;
  }

  @Override
  public Tool.Answer call(Run run, String arguments) throws InterruptedException {
    Request asking = run.request();
    Outcome outcome =
        agents.start(
            new Request(
                asking.user(),
                asking.roles(),
                asking.admin(),
                agentId,
                null,
                action,
                arguments,
                Terms.NONE));
    return switch (outcome) {
      case Outcome.Refused refused -> new Tool.Answer(false, refused.message());
      case Outcome.Done(Run called) -> {
        run.log("info", "tool run " + called.id());
        yield awaited(called, asking);
      }
    };
  }

  private Tool.Answer awaited(Run called, Request asking) throws InterruptedException {
    try {
      called.awaitEnd();
    } catch (InterruptedException e) {
      agents.cancel(called.id(), asking.user(), asking.admin());
      throw e;
    }
    return called.state() == Run.State.DONE
        ? new Tool.Answer(true, called.outcome())
        : new Tool.Answer(false, "it " + (called.cancelled() ? "was cancelled" : "failed"));
  }
}
