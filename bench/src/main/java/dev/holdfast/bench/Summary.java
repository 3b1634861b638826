package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the lines of a result come to. Stateless; any thread. */
final class Summary {

  private Summary() {}

  static String collected(Path work) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> logs = Files.list(work)) {
      for (Path log : logs.filter(file -> file.toString().contains("gc-")).toList()) {
        all.append(Files.readString(log));
      }
    }
    return all.toString();
  }

  static String pauses(Path gc) throws IOException {
    Matcher pauses = Pattern.compile("Pause [^\\n]*? ([0-9.]+)ms").matcher(Files.readString(gc));
    double total = 0;
    double longest = 0;
    int count = 0;
    while (pauses.find()) {
      double millis = Double.parseDouble(pauses.group(1));
      total += millis;
      longest = Math.max(longest, millis);
      count++;
    }
    return String.format(
        Locale.ROOT,
        "GC pauses of the gateway: %d, %.0f ms in all, %.1f ms the longest",
        count,
        total,
        longest);
  }

  /** The gateway against each of the others, by what a second of processor time brought. */
  static void ratios(PrintWriter out, List<Row> rows) {
    for (Row mine : rows) {
      if (!mine.who().equals("holdfast") || Double.isNaN(mine.perSecond())) {
        continue;
      }
      for (Row other : rows) {
        if (other.bench().equals(mine.bench())
            && !other.who().equals("holdfast")
            && other.note().equals(mine.note())) {
          out.printf(
              Locale.ROOT,
              "%-16s holdfast / %-11s %6.2f by time %6.2f by CPU%s%n",
              mine.bench(),
              other.who(),
              mine.perSecond() / other.perSecond(),
              mine.perCpuSecond() / other.perCpuSecond(),
              mine.nanos() == null
                  ? ""
                  : String.format(
                      Locale.ROOT, " %6.2f p99", mine.percentile(99) / other.percentile(99)));
        }
      }
    }
  }
}
