import Report
import Tensors

/// How fast this machine multiplies matrices of a model's shapes, in our tiles and in the library's best ones, against what its
/// registers can do; and how fast it moves memory.
struct RoofReport: BenchReport {
  let model: BenchModel
  let threads: Int
  let productLibrary: String
  let shapes: [Shape]
  /// Over all shapes, each as often as it occurs in a step.
  let roofGflops: Double, ownGflops: Double
  /// Multiply-adds in registers.
  let peakGflops: Double
  let streams: [StreamRate]

  struct Shape: Encodable {
    let form: String
    let rows: Int, columns: Int, terms: Int, count: Int
    /// Of the operations of all shapes.
    let share: Double
    let roofGflops: Double, ownGflops: Double
    let roofSeconds: Samples, ownSeconds: Samples
  }

  struct StreamRate: Encodable {
    let name: String
    let gigabytesPerSecond: Double
    let seconds: Samples
  }

  init(_ model: BenchModel, rounds: Int) {
    self.model = model
    threads = Parallel.threads
    productLibrary = model.productLibrary
    let roof = ProductRoof(StepBench(model).plan.products)
    let own = roof.shapes.map { OwnProduct($0.shape) }
    let (count, peak) = (own.count, MultiplyAdds(model.precision))
    let samples = measureInTurn(
      rounds: rounds, roof.bodies + own.map { product in { product.run() } } + [{ peak.run() }])
    let (bare, ours) = (Array(samples.prefix(count)), Array(samples[count..<2 * count]))
    peakGflops = Double(peak.operations) / samples[2 * count].median / 1e9
    (roofGflops, ownGflops) = (roof.rate(bare) / 1e9, roof.rate(ours) / 1e9)
    let total = roof.shapes.reduce(0) { $0 + $1.shape.operations * $1.count }
    shapes = roof.shapes.indices.map { index in
      let (shape, count) = roof.shapes[index]
      func gflops(_ samples: Samples) -> Double { Double(shape.operations) / samples.median / 1e9 }
      return Shape(
        form: shape.form.rawValue, rows: shape.rows, columns: shape.columns, terms: shape.terms, count: count,
        share: Double(shape.operations * count) / Double(total), roofGflops: gflops(bare[index]),
        ownGflops: gflops(ours[index]), roofSeconds: bare[index], ownSeconds: ours[index])
    }
    streams = Self.streams(rounds: rounds)
  }

  /// Far more than the caches hold.
  private static func streams(rounds: Int) -> [StreamRate] {
    let floats = 32 << 20
    let loops = [
      ("copy", Stream(reading: floats, writing: floats)), ("read", Stream(reading: floats, writing: 0)),
      ("write", Stream(reading: 0, writing: floats)),
    ]
    let samples = measureInTurn(rounds: rounds, loops.map { loop in { loop.1.run() } })
    return zip(loops, samples).map { loop, samples in
      StreamRate(
        name: loop.0, gigabytesPerSecond: Double(loop.1.bytes) / samples.median / 1e9, seconds: samples)
    }
  }

  var title: String { "Roofs of this machine: \(model.words), \(threads) threads" }

  var text: String {
    let table = TextTable(
      columns: [
        "product", "rows", "columns", "terms", "a step", "share", "bare", "ours", "of bare", "of the peak",
      ],
      rows: shapes.map {
        [
          $0.form, "\($0.rows)", "\($0.columns)", "\($0.terms)", "\($0.count)",
          fixed(100 * $0.share, 1) + " %",
          fixed($0.roofGflops, 0), fixed($0.ownGflops, 0), percent($0.ownGflops / $0.roofGflops),
          percent($0.ownGflops / peakGflops),
        ]
      })
    let rates = streams.map { "\($0.name) \(fixed($0.gigabytesPerSecond, 1))" }.joined(separator: ", ")
    return """
      \(table)

      GFLOP/s of medians. All shapes: ours \(fixed(ownGflops, 0)), bare products \(fixed(roofGflops, 0)) (\(productLibrary)), multiply-adds in registers \(fixed(peakGflops, 0)).
      Memory in GB/s, beyond the caches: \(rates).
      """
  }
}
