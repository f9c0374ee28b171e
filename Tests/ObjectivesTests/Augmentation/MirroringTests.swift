import Objectives
import Tensors
import Testing

struct MirroringTests {
  private func share(_ probability: Double, of number: Int) -> Double {
    let mirroring = Mirroring(probability: probability, mirrored: [1, 0, 2, nil])
    let draws = mirroring.draws(
      Array(repeating: number, count: 10_000), at: Position(seed: 2, step: 1))
    return Double(draws.count { $0 }) / 10_000
  }

  @Test func clipsOfListedClassesAreMirroredAsOftenAsAskedFor() {
    for number in 0..<3 { #expect(abs(share(0.3, of: number) - 0.3) < 0.02) }
    #expect(share(1, of: 0) == 1 && share(0, of: 0) == 0)
  }

  @Test func clipsOfOtherClassesNever() { #expect(share(1, of: 3) == 0) }

  @Test func classesFollow() {
    let mirroring = Mirroring(probability: 1, mirrored: [1, 0, 2, nil])
    #expect(
      mirroring.classes([0, 1, 2, 3, 0], mirroring: [true, true, true, false, false]) == [1, 0, 2, 3, 0])
  }

  @Test func eachStepDrawsItsOwn() {
    let mirroring = Mirroring(probability: 0.5, mirrored: [0])
    let draws = (0..<2).map {
      mirroring.draws(Array(repeating: 0, count: 64), at: Position(seed: 1, step: $0))
    }
    #expect(draws[0] != draws[1])
  }
}
