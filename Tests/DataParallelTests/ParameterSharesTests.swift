import Layers
import Tensors
import Testing

@testable import DataParallel

private func store() -> ParameterStore {
  let store = ParameterStore()
  for (index, size) in [7, 900_000, 300_000, 33, 70_001, 2_500_000, 16, 5].enumerated() {
    _ = store.root("part")(index).parameter("weight", [size], .constant(0))
  }
  store.allocate(seed: 1)
  return store
}

@Test(arguments: [1, 2, 3, 4, 7, 16], [true, false])
func eachValueBelongsToOneRank(ranks: Int, isDivided: Bool) {
  let store = store()
  let shares = ParameterShares(store.trainedEntries, ranks: ranks) { _ in isDivided }
  var owners = Array(repeating: 0, count: store.bufferCount)
  for rank in 0..<ranks {
    for piece in shares.pieces(of: rank) {
      #expect(isDivided || piece.isWhole)
      #expect(piece.range.lowerBound.isMultiple(of: ParameterPiece.stretch))
      for i in 0..<piece.count { owners[piece.start + i] += 1 }
    }
  }
  for entry in store.trainedEntries {
    #expect(owners[entry.offset..<entry.offset + entry.count].allSatisfy { $0 == 1 }, "\(entry.name)")
  }
  #expect(shares.owners.count == store.trainedPieces.flatMap(\.stretches).count)
  #expect(shares.buckets.count == 3)
  #expect(shares.bucketsOfParameters.map(\.bucket) == [0, 0, 0, 1, 1, 1, 2, 2])
}

@Test func sharesAreNearlyEqualWhereParametersMayBeDivided() {
  let shares = ParameterShares(store().trainedEntries, ranks: 4) { _ in true }
  for bucket in shares.buckets.dropLast() {
    let even = bucket.range.count / 4
    for count in bucket.counts { #expect(abs(count - even) <= ParameterPiece.stretch) }
  }
}

@Test func gradientsOfOneUnitOnOneRankAreWhatThePassAdds() {
  let store = store()
  let share = StepShare.whole(store)
  let reduction = share.reduction(of: store, ReductionSettings())
  let own = store.gradients
  reduction.begin()
  reduction.beginUnit()
  #expect(store.gradients.pointer == own.pointer)
  store.gradients.fill(0.5)
  reduction.endUnit()
  reduction.finish()
  #expect(store.gradients.pointer == own.pointer && own.pointer[100] == 0.5)
}

@Test(arguments: [ReductionKind.exact, .fast])
func gradientsOfSeveralUnitsAreAddedUp(kind: ReductionKind) {
  let store = store()
  let share = StepShare.whole(store, units: 5)
  let reduction = share.reduction(of: store, ReductionSettings(kind))
  for _ in 0..<2 {
    reduction.begin()
    for unit in 0..<5 {
      reduction.beginUnit()
      let ones = Tensor.zeros(store.gradients.shape)
      ones.fill(Float(1 << unit))
      store.gradients.add(ones)
      reduction.endUnit()
    }
    reduction.finish()
    #expect((0..<store.bufferCount).allSatisfy { store.gradients.pointer[$0] == 31 })
  }
  let counts = store.trainedEntries.reduce(0) { $0 + $1.count }
  #expect(share.pieces.reduce(0) { $0 + $1.count } == counts)
}
