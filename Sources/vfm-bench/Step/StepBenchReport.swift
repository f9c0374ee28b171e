import Commands
import Evaluation
import Tensors

/// A training step, measured in turn with bare products of its own shapes.
struct StepBenchReport: BenchReport {
  let model: BenchModel
  let parameters: Int
  let threads: Int
  /// The median, the least and the most.
  let secondsPerStep: Double, secondsLeast: Double, secondsMost: Double
  /// Operations of the step's products, attention's included.
  let operations: Int
  /// Those over the median time, in billions a second.
  let gflops: Double
  /// The same for bare products in the library's best tiling, and the step's share of it.
  let roofGflops: Double, shareOfRoof: Double
  /// The same for multiply-adds in registers.
  let peakGflops: Double, shareOfPeak: Double
  /// The library that multiplies, and what it chose for this processor.
  let productLibrary: String
  /// Shares of the step's time.
  let shares: Shares
  /// The most bytes that tensors held at once, and the most that the process had in RAM before the roof was measured.
  let peakBytes: Int, residentBytes: Int

  struct Shares: Encodable, Equatable {
    let products: Double, attention: Double, rows: Double
    /// Between the parallel loops.
    let elsewhere: Double

    /// - Parameter seconds: of the whole.
    init(_ ledger: WorkLedger, of seconds: Double) {
      products = ledger[.products].seconds / seconds
      attention = ledger[.attention].seconds / seconds
      rows = ledger[.rows].seconds / seconds
      elsewhere = 1 - ledger.seconds / seconds
    }
  }

  /// - Parameters:
  ///   - rounds: timed steps, each followed by one product of every shape.
  ///   - warmUp: steps before, at least the one that brings everything into memory.
  init(_ model: BenchModel, rounds: Int, warmUp: Int = 2) {
    Memory.trim()
    Memory.resetPeak()
    ProcessMemory.resetPeak()
    let before = Memory.statistics.liveBytes
    let bench = StepBench(model)
    // The roof takes memory of its own, so what a step needs is read before.
    for _ in 0..<warmUp { bench.step() }
    let (peak, resident) = (Memory.statistics.peakBytes - before, ProcessMemory.residentPeak)
    let plan = bench.plan
    let (roof, adds) = (ProductRoof(plan.products), MultiplyAdds(model.precision))
    var ledger = WorkLedger()
    let samples = measureInTurn(
      rounds: rounds, warmUp: 0,
      [
        {
          let before = Work.ledger
          bench.step()
          ledger = ledger + (Work.ledger - before)
        }, { adds.run() },
      ] + roof.bodies)
    let step = samples[0]
    self.model = model
    parameters = bench.parameters.parameterCount
    threads = Parallel.threads
    (secondsPerStep, secondsLeast, secondsMost) = (step.median, step.least, step.most)
    operations = plan.productOperations
    gflops = Double(operations) / step.median / 1e9
    roofGflops = roof.rate(Array(samples.dropFirst(2))) / 1e9
    shareOfRoof = gflops / roofGflops
    peakGflops = Double(adds.operations) / samples[1].median / 1e9
    shareOfPeak = gflops / peakGflops
    productLibrary = model.productLibrary
    shares = Shares(ledger, of: step.seconds.reduce(0, +))
    (peakBytes, residentBytes) = (peak, resident)
  }

  var title: String { "Training step: \(model.words)" }

  var text: String {
    """
    step          \(fixed(secondsPerStep, 3)) s (\(fixed(secondsLeast, 3)) – \(fixed(secondsMost, 3))), \(threads) threads
    products      \(fixed(gflops, 0)) GFLOP/s by \(productLibrary), and attention's own
                  \(percent(shareOfRoof)) of the \(fixed(roofGflops, 0)) of bare products of the same shapes, \(percent(shareOfPeak)) of the \(fixed(peakGflops, 0)) of multiply-adds in registers
    time          \(percent(shares.products)) products, \(percent(shares.attention)) attention, \(percent(shares.rows)) row kernels, \(fixed(100 * shares.elsewhere, 1)) % elsewhere
    memory        \(fixed(Double(peakBytes) / 1e9, 3)) GB of tensors at most, \(fixed(Double(residentBytes) / 1e9, 3)) GB resident
    """
  }
}
