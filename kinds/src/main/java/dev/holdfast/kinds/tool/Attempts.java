package dev.holdfast.kinds.tool;

import org.jspecify.annotations.Nullable;

/**
 * Has providers do work: once or, as their settings say, again after a pause, and by a stand-in
 * where that does not help. Any thread; each piece of work by its own.
 */
final class Attempts {

  private static final System.Logger LOG = System.getLogger(Attempts.class.getName());

  private static final Ending INTERNAL =
      new Ending.Failed(ToolError.INTERNAL_ERROR, "the call failed in the gateway", null, -1);

  private final ToolCatalog catalog;
  private final ToolFigures figures;

  Attempts(ToolCatalog catalog, ToolFigures figures) {
    this.catalog = catalog;
    this.figures = figures;
  }

  /** By a provider that answers at once: it is asked here, and not again. */
  static Ending atOnce(Work work) {
    Tool tool = work.called();
    try {
      return new Ending.Done(tool.gate().provider().call(work));
    } catch (ToolException e) {
      return e.ending();
    } catch (InterruptedException | RuntimeException e) {
      return failed(tool, e);
    }
  }

  /** How it went; null where it was over before. */
  @Nullable Ending of(Work work) {
    Tool tool = work.called();
    int retry = 0;
    while (!work.over()) {
      try {
        return new Ending.Done(once(work, tool));
      } catch (ToolException e) {
        boolean again = e.passing() && tool.idempotent() && retry < retries(tool);
        Tool other = again ? null : standIn(tool, e);
        if (again && pause(work, tool, ++retry)) {
          figures.retried.increment();
        } else if (other != null) {
          figures.fellBack.increment();
          tool = other;
          retry = 0;
          work.servedAs(tool);
        } else {
          return e.ending();
        }
      } catch (InterruptedException e) {
        return new Ending.Failed(ToolError.CANCELLED, "stopped", null, -1);
      } catch (Exception | Error e) {
        return failed(tool, e);
      }
    }
    return null;
  }

  private static Ending failed(Tool tool, Throwable why) {
    LOG.log(System.Logger.Level.ERROR, "a call of " + tool.name() + " failed", why);
    return INTERNAL;
  }

  private static int retries(Tool tool) {
    return tool.gate().settings().retries();
  }

  /** Calls the tool once, by the gate of its provider. */
  private static String once(Work work, Tool tool) throws ToolException, InterruptedException {
    ProviderGate gate = tool.gate();
    gate.pass();
    boolean told = false;
    try {
      String outputs = gate.provider().call(work);
      told = true;
      gate.went(true);
      return outputs;
    } catch (ToolException e) {
      told = true;
      boolean unasked = e.error() == ToolError.SERVICE_UNAVAILABLE;
      if (unasked || (work.over() && e.providers())) {
        // Nobody was there to be asked, or whoever stopped it broke the connection.
        gate.forget();
      } else {
        gate.went(!e.providers());
      }
      throw e;
    } finally {
      if (!told && work.isLate()) {
        gate.went(false);
      } else if (!told) {
        gate.forget();
      }
    }
  }

  private @Nullable Tool standIn(Tool tool, ToolException why) {
    String name = tool.fallback();
    boolean providers = why.providers() || why.error() == ToolError.SERVICE_UNAVAILABLE;
    return name == null || !providers ? null : catalog.named(name);
  }

  private static boolean pause(Work work, Tool tool, int retry) {
    try {
      Thread.sleep(tool.gate().pauseMillis(retry));
      return !work.over();
    } catch (InterruptedException e) {
      return false;
    }
  }
}
