import Clips
import GradientCheck
import Layers
import Models
import Objectives
import Tensors
import Testing

struct MaskedReconstructionTests {
  static func objective(recomputesBlocks: Bool = false, isNormalized: Bool = true) -> MaskedReconstruction {
    MaskedReconstruction(
      model: MaskedAutoencoder(
        VideoEncoderConfiguration(
          layout: .videoMAE, patch: PatchSize(frames: 2, height: 2, width: 3),
          blocks: BlockSizes(
            width: 15, depth: 2, heads: 3, feedForward: 20, recomputesBlocks: recomputesBlocks)),
        decoder: BlockSizes(
          width: 10, depth: 1, heads: 2, feedForward: 12, recomputesBlocks: recomputesBlocks)),
      mask: TokenMask(.tube, share: 0.6), targets: PatchTargets(isNormalized: isNormalized))
  }

  /// Clips of 2 × 2 × 3 tokens.
  static let examples = Examples(
    clips: gaussian([2, 3, 4, 4, 9], seed: 4), captions: ["", ""])

  @Test(arguments: [false, true], [false, true])
  func gradientsOfTheLossAreRight(recomputesBlocks: Bool, isNormalized: Bool) {
    let objective = Self.objective(recomputesBlocks: recomputesBlocks, isNormalized: isNormalized)
    let position = Position(seed: 9, step: 3)
    let piece = Differentiable([:], objective.parameters) { _ in
      let losses = objective.addGradients(Self.examples, at: position, share: 0)
      return (
        Tensor([Float(losses.reduce(0, +) / Double(losses.count))], [1]),
        { gradient in
          _ = objective.addGradients(Self.examples, at: position, share: Double(gradient.values[0]))
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func aPassInPartsAddsUpToTheWholeBatch() {
    let objective = Self.objective()
    objective.parameters.allocate(seed: 1)
    func gradients(_ parts: Int) -> (losses: [Double], gradients: [Float]) {
      objective.parameters.zeroGradients()
      var losses: [Double] = []
      for part in 0..<parts {
        losses += objective.addGradients(
          Self.examples.part(part, of: parts),
          at: Position(seed: 9, step: 3, firstSample: losses.count), share: 1 / Double(parts))
      }
      return (losses, objective.parameters.gradients.values)
    }
    let (whole, halves) = (gradients(1), gradients(2))
    for (a, b) in zip(whole.losses, halves.losses) { #expect(abs(a - b) < 1e-6 * abs(a)) }
    let size = whole.gradients.map { Double($0 * $0) }.reduce(0, +).squareRoot()
    let error = zip(whole.gradients, halves.gradients).map { Double(($0 - $1) * ($0 - $1)) }.reduce(0, +)
    #expect(error.squareRoot() < 1e-5 * size)
  }

  /// An output of zeros against patches of variance 1, over n − 1, of n values: (n − 1)/n.
  @Test func theLossOfNothingIsTheVarianceOfTheTargets() throws {
    let objective = Self.objective()
    objective.parameters.allocate(seed: 1)
    for name in ["decoder.head.weight", "decoder.head.bias"] {
      let entry = try #require(objective.parameters.entries.first { $0.name == name })
      objective.parameters.write(entry) { $0.fill(0) }
    }
    let losses = objective.heldOutLosses(Self.examples, condition: 0, at: Position(seed: 1, step: 0))
    for loss in losses { #expect(abs(loss - 11.0 / 12) < 1e-5) }
    #expect(objective.heldOutConditions == ["hidden 0.6"] && objective.conditionTitle == "hidden share")
  }

  /// A patch that is flat has no variance to divide by: its target is zero, not infinite.
  @Test func targetsAreThoseOfTheFormula() {
    let clips = Tensor.zeros([1, 3, 2, 1, 2])
    for (i, v) in [-1, 0.5, 1, -0.5].enumerated() { clips.pointer[i] = Float(v) }  // red
    let all = TokenSelection.all(1, clips: 1)
    let patch = PatchSize(frames: 2, height: 1, width: 2)
    let rows = PatchTargets(isNormalized: true).rows(of: clips, patch, at: all).values
    // In 0…1: 0, 0.75, 1, 0.25: mean 0.5, variance over three (0.25 + 0.0625) · 2/3.
    let deviation = (0.625 / 3).squareRoot() + 1e-6
    for (i, v) in [0, 0.75, 1, 0.25].enumerated() {
      #expect(abs(Double(rows[3 * i]) - (v - 0.5) / deviation) < 1e-6)
      #expect(rows[3 * i + 1] == 0 && rows[3 * i + 2] == 0)
    }
    #expect(
      PatchTargets(isNormalized: false).rows(of: clips, patch, at: all).values
        == [0, 0.5, 0.5, 0.75, 0.5, 0.5, 1, 0.5, 0.5, 0.25, 0.5, 0.5])
  }
}

struct TokenMaskTests {
  private let grid = TokenGrid(frames: 3, height: 4, width: 5)

  @Test func theSamePlacesAreHiddenInAllFrames() {
    let (visible, hidden) = TokenMask(.tube, share: 0.9).draw(grid, clips: 4, at: Position(seed: 1, step: 2))
    #expect(hidden.count == 3 * 18 && visible.count == 3 * 2 && hidden.tokens == 60)
    for clip in 0..<4 {
      let frames = (0..<3).map { t in hidden.places[clip].filter { $0 / 20 == t }.map { $0 % 20 } }
      #expect(frames[0] == frames[1] && frames[1] == frames[2])
      #expect((hidden.places[clip] + visible.places[clip]).sorted() == Array(0..<60))
      #expect(hidden.places[clip] == hidden.places[clip].sorted())
    }
    #expect(Set(hidden.places).count == 4)  // each clip has its own
  }

  @Test func framesAreHiddenAsAWhole() {
    let mask = TokenMask(.frame, share: 0.7)
    let (visible, hidden) = mask.draw(grid, clips: 20, at: Position(seed: 1, step: 2))
    #expect(mask.visibleTokens(in: grid) == 20 && visible.count == 20 && hidden.count == 40)
    for places in hidden.places {
      let frames = Set(places.map { $0 / 20 })
      #expect(frames.count == 2 && places == (0..<60).filter { frames.contains($0 / 20) })
    }
    #expect(Set(hidden.places).count == 3)  // any frame may be the one that is seen
  }

  @Test func singlePatchesAreHiddenOnTheirOwn() {
    let mask = TokenMask(.random, share: 0.9)
    let (visible, hidden) = mask.draw(grid, clips: 4, at: Position(seed: 1, step: 2))
    #expect(mask.visibleTokens(in: grid) == 6 && visible.count == 6 && hidden.count == 54)
    #expect(Set(hidden.places).count == 4)
    // Six seen patches in the same two places of all three frames would be a tube's.
    #expect(visible.places.contains { Set($0.map { $0 % 20 }).count > 2 })
  }

  @Test func aClipsMaskDependsOnItsPlaceInTheStepAlone() {
    let mask = TokenMask(.tube, share: 0.5)
    let whole = mask.draw(grid, clips: 4, at: Position(seed: 1, step: 2)).hidden.places
    let half = mask.draw(grid, clips: 2, at: Position(seed: 1, step: 2, firstSample: 2)).hidden.places
    #expect(Array(whole[2...]) == half)
    #expect(mask.draw(grid, clips: 4, at: Position(seed: 1, step: 3)).hidden.places != whole)
  }

  @Test func everyPlaceIsHiddenAsOften() {
    var counts = Array(repeating: 0, count: 20)
    for step in 0..<500 {
      let hidden = TokenMask(.tube, share: 0.3).draw(grid, clips: 1, at: Position(seed: 7, step: step)).hidden
      for place in hidden.places[0] where place < 20 { counts[place] += 1 }
    }
    // 150 of 500 expected, of standard deviation 10.
    #expect(counts.allSatisfy { (105...195).contains($0) } && counts.reduce(0, +) == 500 * 6)
  }

  @Test func sharesCountAsTheyAreWritten() {
    let ten = TokenGrid(frames: 1, height: 2, width: 5)
    #expect([0.3, 0.7, 0.9, 0.05].map { TokenMask(.tube, share: $0).hiddenUnits(in: ten) } == [3, 7, 9, 0])
    #expect(
      !TokenMask(.tube, share: 0.05).isUseful(in: ten) && TokenMask(.tube, share: 0.1).isUseful(in: ten))
    #expect(!TokenMask(.tube, share: 0.9).isUseful(in: TokenGrid(frames: 4, height: 1, width: 1)))
    #expect(TokenMask(.tube, share: 0.9).hiddenUnits(in: TokenGrid(frames: 8, height: 14, width: 14)) == 176)
  }
}
