import Clips
import Foundation
import GradientCheck
import Layers
import Manifests
import Models
import Objectives
import Tensors
import Testing
import Video

struct SoftmaxCrossEntropyTests {
  @Test(arguments: [(1, 1), (3, 2), (2, 17), (70, 5), (130, 33)])
  func gradientsAreRight(rows: Int, classes: Int) {
    // Targets that sum to one.
    let targets = SoftmaxCrossEntropy().probabilities(gaussian([rows, classes], seed: 2))
    let piece = Differentiable(["logits": gaussian([rows, classes])]) { inputs in
      let losses = SoftmaxCrossEntropy()(inputs[0], targets: targets, share: 0).losses
      return (
        Tensor([Float(losses.reduce(0, +) / Double(rows))], [1]),
        {
          [SoftmaxCrossEntropy()(inputs[0], targets: targets, share: Double($0.values[0])).gradient]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func valuesAreThoseOfTheFormula() {
    let logits = Tensor([0, 0, 1, -1, 1000, 0], [3, 2])
    let targets = Tensor([1, 0, 0.25, 0.75, 0, 1], [3, 2])
    let losses = SoftmaxCrossEntropy()(logits, targets: targets, share: 1).losses
    let p = 1 / (1 + exp(-2.0))
    #expect(abs(losses[0] - log(2)) < 1e-6)
    #expect(abs(losses[1] + 0.25 * log(p) + 0.75 * log(1 - p)) < 1e-6)
    #expect(losses[2] == 1000)
    #expect(SoftmaxCrossEntropy().probabilities(logits).values[4...] == [1, 0])
  }
}

struct ClassificationTests {
  private func objective(_ augmentation: Augmentation? = nil, dropPath: Double = 0) -> Classification {
    Classification(
      model: VideoClassifier(
        VideoEncoderConfiguration(
          layout: .videoMAE, patch: PatchSize(frames: 2, height: 2, width: 3),
          blocks: BlockSizes(width: 12, depth: 2, heads: 2, feedForward: 14), hasFinalNorm: false),
        pooling: .mean, classes: 3),
      augmentation: augmentation ?? Augmentation(targets: ClassTargets(classes: 3)), dropPath: dropPath,
      classOf: { $0.label.flatMap { ["a", "b", "c"].firstIndex(of: $0) } })
  }

  private static let examples = Examples(
    clips: gaussian([3, 3, 2, 4, 6], seed: 4),
    entries: ["c", "a", "b"].enumerated().map { index, label in
      ClipEntry(index: index, file: ClipFile(path: ""), name: "\(index)", caption: "", label: label)
    })

  @Test(arguments: [false, true])
  func gradientsOfTheLossAreRight(isAugmented: Bool) {
    let augmentation = Augmentation(
      erasing: RandomErasing(
        probability: 0.5, filling: .noise, means: [0, 0, 0], deviations: [1, 1, 1]),
      mixing: ClipMixing(mixup: 0.8, cutmix: 1), targets: ClassTargets(classes: 3, smoothing: 0.1))
    let objective = objective(isAugmented ? augmentation : nil, dropPath: isAugmented ? 0.4 : 0)
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

  /// A fresh head finds all classes as likely, to the last digits: its weights are next to nothing.
  @Test func theLossOfAFreshHeadIsThatOfChance() {
    let objective = objective()
    objective.parameters.allocate(seed: 1)
    let losses = objective.heldOutLosses(Self.examples, condition: 0, at: Position(seed: 1, step: 0))
    for loss in losses { #expect(abs(loss - log(3)) < 1e-3) }
  }

  /// Held-out clips are not augmented and have whole targets.
  @Test func heldOutLossesAreOfClipsAsTheyAre() {
    let plain = objective()
    let augmented = objective(
      Augmentation(
        mixing: ClipMixing(mixup: 0.8, cutmix: 0), targets: ClassTargets(classes: 3, smoothing: 0.3)),
      dropPath: 0.5)
    for objective in [plain, augmented] {
      objective.parameters.allocate(seed: 1)
      objective.parameters.perturb()
    }
    let position = Position(seed: 1, step: 0)
    #expect(
      plain.heldOutLosses(Self.examples, condition: 0, at: position)
        == augmented.heldOutLosses(Self.examples, condition: 0, at: position))
    #expect(
      plain.addGradients(Self.examples, at: position, share: 0)
        != augmented.addGradients(Self.examples, at: position, share: 0))
  }
}
