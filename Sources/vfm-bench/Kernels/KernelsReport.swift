import Report
import Tensors

/// Kernels, each measured in turn with what bounds it.
struct KernelsReport: BenchReport {
  let title: String
  let threads: Int
  let productLibrary: String
  let kernels: [Row]

  struct Row: Encodable {
    let name: String
    let seconds: Samples
    /// What the kernel does a second, in billions, the same of its roof, and of what.
    let rate: Double, roofRate: Double
    let unit: String
    var share: Double { rate / roofRate }
  }

  init(_ title: String, _ kernels: [Kernel], _ model: BenchModel, rounds: Int) {
    self.title = "\(title), \(Parallel.threads) threads"
    threads = Parallel.threads
    productLibrary = model.productLibrary
    self.kernels = kernels.map { Self.measure($0, model.precision, rounds: rounds) }
  }

  private static func measure(_ kernel: Kernel, _ precision: Precision, rounds: Int) -> Row {
    let (work, roofWork, unit): (Int, Int, String)
    let roof: () -> Void
    switch kernel.bound {
    case .memory(let reading, let writing):
      let stream = Stream(reading: reading, writing: writing)
      (work, roofWork, unit) = (stream.bytes, stream.bytes, "GB/s")
      roof = { stream.run() }
    case .arithmetic(let operations):
      let peak = MultiplyAdds(precision)
      (work, roofWork, unit) = (operations, peak.operations, "GFLOP/s")
      roof = { peak.run() }
    }
    let samples = measureInTurn(rounds: rounds, warmUp: 2, [kernel.run, roof])
    return Row(
      name: kernel.name, seconds: samples[0], rate: Double(work) / samples[0].median / 1e9,
      roofRate: Double(roofWork) / samples[1].median / 1e9, unit: unit)
  }

  var text: String {
    TextTable(
      columns: ["kernel", "ms", "least – most", "rate", "unit", "roof", "share"],
      rows: kernels.map { row in
        let time = milliseconds(row.seconds)
        return [
          row.name, time.median, time.spread, fixed(row.rate, 1), row.unit, fixed(row.roofRate, 1),
          percent(row.share),
        ]
      }
    ).description
  }
}
