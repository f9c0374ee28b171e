import Report
import Tensors

/// Steps over tokens, width, batch and threads.
struct SweepReport: BenchReport {
  let base: BenchModel
  let points: [Point]

  struct Point: Encodable {
    let axis: SweepAxis
    let value: Int
    let step: StepBenchReport

    /// What a token costs beyond values, gradients and both moments.
    var bytesPerToken: Double {
      Double(step.peakBytes - 16 * step.parameters)
        / Double(step.model.clips * step.model.tokensPerClip)
    }
  }

  init(_ axes: [SweepAxis], from base: BenchModel = SweepAxis.usualBase, rounds: Int) {
    self.base = base
    let cores = Parallel.threads
    points = axes.flatMap { axis in
      axis.points(from: base, cores: cores).map { value, model, threads in
        Parallel.withThreads(threads) {
          Point(axis: axis, value: value, step: StepBenchReport(model, rounds: rounds, warmUp: 1))
        }
      }
    }
  }

  var title: String { "How cost grows, from \(base.words)" }
  var text: String { table.description }

  var table: TextTable {
    TextTable(
      columns: [
        "varied", "value", "s a step", "least – most", "GFLOP/s", "of bare", "attention", "peak GB",
        "KB a token",
      ],
      rows: points.map { point in
        let step = point.step
        return [
          point.axis.label, "\(point.value)", fixed(step.secondsPerStep, 3),
          "\(fixed(step.secondsLeast, 3)) – \(fixed(step.secondsMost, 3))", fixed(step.gflops, 0),
          percent(step.shareOfRoof), percent(step.shares.attention), fixed(Double(step.peakBytes) / 1e9, 3),
          fixed(point.bytesPerToken / 1e3, 1),
        ]
      })
  }
}
