package dev.holdfast.kinds.tool;

import java.util.List;

/** A tool to try slow calls with: it sleeps, and says how far it is. Any thread. */
public final class Sleeper implements Provider {

  private static final int STEPS = 10;
  private static final double MILLIS = 1_000;

  @Override
  public String id() {
    return "sleeper";
  }

  @Override
  public List<Described> tools() {
    return List.of(
        new Described(
            "sleep",
            "Sleeps, and says how far it is.",
            """
            {"type":"object","properties":{"seconds":{"type":"number","minimum":0,"maximum":3600,\
            "description":"For how long."}},"required":["seconds"]}\
            """,
            true));
  }

  @Override
  public String call(Work work) throws InterruptedException {
    double seconds = work.arguments().path("seconds").asDouble(0);
    for (int step = 1; step <= STEPS; step++) {
      Thread.sleep(Math.round(seconds * MILLIS / STEPS));
      work.progress(step, STEPS, "asleep");
    }
    return Outputs.text("slept for " + seconds + " s");
  }

  @Override
  public void close() {
    // Whoever sleeps is interrupted.
  }
}
