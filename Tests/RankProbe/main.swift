import DataParallel
import Foundation
import Layers
import Ranks
import Tensors

// One rank of several, which add up made-up gradients of a step's units and update made-up weights.
//
//   mpirun -np RANKS rank-probe UNITS exact|fast float32|bfloat16 whole|divided
//
// The first rank prints the norm's bits, a digest of the weights after three steps, and if anything follows the library.

let arguments = CommandLine.arguments
let units = Int(arguments[1])!
let kind = ReductionKind(rawValue: arguments[2])!
let precision = Precision(rawValue: arguments[3])!

let group = try RankGroup.join()
let store = ParameterStore()
/// Sizes with gaps between them, one of several buckets, and some small ones in a place of their own.
var spans: [ParameterSpan] = []
let sizes = [[3, 7], [1_100_000], [33], [70_001], [17, 1000], [900_000], [5]]
for (index, size) in sizes.enumerated() {
  let scope = store.root("part")(index)
  _ = scope.parameter("weight", size, .normal(1))
  _ = scope.parameter("bias", [size[0] % 50 + 1], .constant(0))
  spans.append(scope.span)
}
store.allocate(seed: 1)

let share = StepShare(store, units: units, among: group) { _ in arguments[4] == "divided" }
let reduction = share.reduction(of: store, ReductionSettings(kind, sending: precision))
let update = share.update(of: store)
Parallel.threads = 1
var norms: [UInt64] = []
for step in 0..<3 {
  reduction.begin()
  for unit in share.ownUnits {
    reduction.beginUnit()
    let gradients = store.gradients
    // Units of far different sizes, so that the order of additions shows in the bits.
    let unitGradient = Tensor(gradients.shape)
    unitGradient.fillGaussian(seed: 1, purpose: .check, step: step, firstSample: unit)
    gradients.add(unitGradient, scale: Float(1 + unit * unit))
    for span in spans.reversed().dropFirst(step) { span.gradientsAreComplete() }
    reduction.endUnit()
  }
  reduction.finish()
  norms.append(update.gradientNorm().bitPattern)
  for piece in share.pieces {
    let place = store.values.view(at: piece.start, [piece.count])
    place.add(store.gradients.view(at: piece.start, [piece.count]), scale: -0.01)
  }
  update.gatherValues()
}

var digest: UInt64 = 14_695_981_039_346_656_037
for i in 0..<store.values.count {
  digest = (digest ^ UInt64(store.values.pointer[i].bitPattern)) &* 1_099_511_628_211
}
let all = Set(group.gather("\(norms) \(digest)"))
if group.isFirst { print(all.count == 1 ? all.first! : "ranks differ: \(all)") }
if let library = group.library, group.isFirst, arguments.count > 5 { print(library) }
group.end()
