import Models
import Tensors

/// What a flow's velocity is held against: the straight path from clips to noise.
struct FlowTarget {
  /// [B, C, F, H, W].
  let clips: Tensor, noise: Tensor
  /// One a clip.
  let times: [Double]
  /// [B·F]; 0 for frames that are given and not asked for.
  let frameWeights: [Float]

  /// The loss of a model's output, and its gradient times `share`.
  ///
  /// With error e = velocity(output) − (noise − clip) and the weights' total W:
  /// loss = Σ weight · e² / W,  ∂loss/∂output = 2 · weight · e · ∂velocity/∂output / W.
  func loss(of output: Tensor, flow: Flow, share: Double) -> (perClip: [Double], outputGradient: Tensor) {
    let (batch, channels, frames) = (clips.shape[0], clips.shape[1], clips.shape[2])
    let planeSize = clips.shape[3] * clips.shape[4]
    let planesPerClip = channels * frames
    let total = Double(frameWeights.reduce(0, +)) * Double(channels * planeSize)
    let gradient = Tensor(clips.shape)
    let squares = Tensor([batch * planesPerClip])
    parallel(over: batch * planesPerClip, tile: max(1, 8192 / planeSize)) { planes in
      for plane in planes {
        let clip = plane / planesPerClip
        let weight = frameWeights[clip * frames + plane % frames]
        let factor = Float(flow.outputFactor(at: times[clip]))
        let slope = Float(2 * share / total) * weight * factor
        let start = plane * planeSize
        let (x0, n) = (clips.pointer + start, noise.pointer + start)
        let (o, g) = (output.pointer + start, gradient.pointer + start)
        var square = Lanes(repeating: 0)
        sweep(planeSize) { i, c in
          // A predicted clip is compared with the clip itself: (x_t − output)/τ − (x_t − clip)/τ.
          let error =
            flow.prediction == .velocity
            ? load(o, i, c) - (load(n, i, c) - load(x0, i, c)) : (load(o, i, c) - load(x0, i, c)) * factor
          square.addProduct(error, error)
          store(error * slope, g, i, c)
        }
        squares.pointer[plane] = square.total * weight
      }
    }
    guard !Plan.isRunning else { return (Array(repeating: 0, count: batch), gradient) }
    let perClip = (0..<batch).map { clip in
      let weights = frameWeights[clip * frames..<(clip + 1) * frames].reduce(0, +)
      let sum = (0..<planesPerClip).reduce(0.0) { $0 + Double(squares.pointer[clip * planesPerClip + $1]) }
      return sum / (Double(weights) * Double(channels * planeSize))
    }
    return (perClip, gradient)
  }
}
