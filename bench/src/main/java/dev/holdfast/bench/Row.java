package dev.holdfast.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One line of the result.
 *
 * @param perSecond of what the measurement counts; NaN where it counts nothing
 * @param perCpuSecond of the server's processor time; NaN where that is not known
 * @param nanos latencies; null for none
 */
record Row(
    String bench,
    String who,
    double perSecond,
    double perCpuSecond,
    @Nullable Histogram nanos,
    String note) {

  /** One that counts nothing: latencies alone, or what the note says. */
  static Row uncounted(String bench, String who, @Nullable Histogram nanos, String note) {
    return new Row(bench, who, Double.NaN, Double.NaN, nanos, note);
  }

  /** The same under another name. */
  Row as(String other) {
    return new Row(other, who, perSecond, perCpuSecond, nanos, note);
  }

  static final String HEAD =
      String.format(
          "%-16s %-11s %12s %12s %9s %9s %9s  %s",
          "bench", "who", "per s", "per CPU s", "p50 us", "p99 us", "p99.9 us", "");

  String line() {
    return String.format(
            Locale.ROOT,
            "%-16s %-11s %12s %12s %9s %9s %9s  %s",
            bench,
            who,
            number(perSecond),
            number(perCpuSecond),
            micros(50),
            micros(99),
            micros(99.9),
            note)
        .stripTrailing();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,.0f", value);
  }

  double percentile(double percent) {
    return nanos == null ? Double.NaN : nanos.getValueAtPercentile(percent) / 1000.0;
  }

  private String micros(double percent) {
    double value = percentile(percent);
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,.0f", value);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"bench\":\"%s\",\"who\":\"%s\",\"per_second\":%s,\"per_cpu_second\":%s,\"p50_us\":%s,"
            + "\"p99_us\":%s,\"p999_us\":%s,\"note\":\"%s\"}",
        bench,
        who,
        json(perSecond),
        json(perCpuSecond),
        json(percentile(50)),
        json(percentile(99)),
        json(percentile(99.9)),
        note);
  }

  private static String json(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "null";
  }
}
