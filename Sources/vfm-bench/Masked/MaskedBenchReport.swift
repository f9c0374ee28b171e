import Clips
import Commands
import Layers
import Models
import Objectives
import Optimizers
import Tensors

/// A masked autoencoder in VideoMAE's layout, and the clips of a step.
struct MaskedBenchModel: Encodable, Equatable {
  var clips: Int
  /// Frames, height and width of a clip.
  var size: [Int]
  /// Frames, rows and columns of a token.
  var patch: [Int]
  var width: Int, depth: Int, heads: Int
  var decoderWidth: Int, decoderDepth: Int, decoderHeads: Int
  /// The share of places that is hidden.
  var hidden: Double

  var patchSize: PatchSize { PatchSize(frames: patch[0], height: patch[1], width: patch[2]) }
  var grid: TokenGrid {
    TokenGrid(frames: size[0] / patch[0], height: size[1] / patch[1], width: size[2] / patch[2])
  }

  func autoencoder() -> MaskedAutoencoder {
    MaskedAutoencoder(
      VideoEncoderConfiguration(
        layout: .videoMAE, patch: patchSize,
        blocks: BlockSizes(width: width, depth: depth, heads: heads, feedForward: 4 * width)),
      decoder: BlockSizes(
        width: decoderWidth, depth: decoderDepth, heads: decoderHeads, feedForward: 4 * decoderWidth))
  }
}

/// A training step of a masked autoencoder: masks, forward, loss, backward, clipping and AdamW.
struct MaskedBenchReport: BenchReport {
  let model: MaskedBenchModel
  let parameters: Int
  let threads: Int
  /// Of each clip.
  let tokens: Int, visibleTokens: Int
  /// The median, the least and the most.
  let secondsPerStep: Double, secondsLeast: Double, secondsMost: Double
  /// Operations of the step's products, attention's included; and of those the encoder's alone, and what it would take if it
  /// computed all tokens.
  let operations: Int, encoderOperations: Int, wholeEncoderOperations: Int
  /// The most bytes that tensors held at once, and the most that the process had in RAM.
  let peakBytes: Int, residentBytes: Int

  /// - Parameter rounds: timed steps, after two that bring everything into memory.
  init(_ model: MaskedBenchModel, rounds: Int) {
    Memory.trim()
    Memory.resetPeak()
    ProcessMemory.resetPeak()
    let before = Memory.statistics.liveBytes
    let objective = MaskedReconstruction(
      model: model.autoencoder(), mask: TokenMask(.tube, share: model.hidden),
      targets: PatchTargets(isNormalized: true))
    let store = objective.parameters
    store.allocate(seed: 0)
    let optimizer = AdamW(store, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05))
    let examples = Examples.madeUp(
      model.clips,
      shape: ClipShape(frames: model.size[0], height: model.size[1], width: model.size[2], frameRate: 8))
    var step = 0
    func once() {
      store.zeroGradients()
      _ = objective.addGradients(examples, at: Position(seed: 0, step: step), share: 1)
      let norm = store.gradients.sumOfSquares.squareRoot()
      optimizer.update(rate: 1.5e-4, gradientScale: 1 / max(1, norm))
      step += 1
    }
    let samples = measureInTurn(rounds: rounds, warmUp: 2, [once])[0]
    self.model = model
    parameters = store.parameterCount
    threads = Parallel.threads
    (tokens, visibleTokens) = (
      model.grid.tokens,
      objective.mask.visibleTokens(in: model.grid)
    )
    (secondsPerStep, secondsLeast, secondsMost) = (samples.median, samples.least, samples.most)
    (peakBytes, residentBytes) = (Memory.statistics.peakBytes - before, ProcessMemory.residentPeak)
    operations =
      Plan.rehearse { _ = objective.addGradients(examples, at: Position(seed: 0, step: 0), share: 1) }
      .productOperations
    func encoderOperations(_ seen: TokenSelection?) -> Int {
      Plan.rehearse {
        let (tokens, saved) = objective.model.encoder.forward(examples.clips, seeing: seen)
        objective.model.encoder.backward(tokens, saved)
      }.productOperations
    }
    self.encoderOperations = encoderOperations(
      objective.mask.draw(model.grid, clips: model.clips, at: Position(seed: 0, step: 0)).visible)
    wholeEncoderOperations = encoderOperations(nil)
  }

  var title: String {
    "Masked step: \(model.clips) × \(tokens) tokens, of which \(visibleTokens) are seen, "
      + "\(model.depth) blocks of width \(model.width), decoder \(model.decoderDepth) of width \(model.decoderWidth)"
  }

  var text: String {
    """
    step          \(fixed(secondsPerStep, 3)) s (\(fixed(secondsLeast, 3)) – \(fixed(secondsMost, 3))), \(threads) threads
    products      \(fixed(Double(operations) / secondsPerStep / 1e9, 0)) GFLOP/s
    encoder       \(percent(Double(encoderOperations) / Double(wholeEncoderOperations))) of the operations that all tokens would take
    memory        \(fixed(Double(peakBytes) / 1e9, 3)) GB of tensors at most, \(fixed(Double(residentBytes) / 1e9, 3)) GB resident
    """
  }
}
