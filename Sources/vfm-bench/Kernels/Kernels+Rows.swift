import Layers
import Models
import Tensors

extension Kernels {
  /// Kernels over the residual stream [B·N, D]: what each must read and write is counted in such tensors.
  static func rows(_ model: BenchModel) -> [Kernel] {
    let width = model.width
    let rows = model.clips * model.tokensPerClip
    let (x, dy, past) = (random([rows, width]), random([rows, width]), random([rows, width]))
    func bound(_ reads: Int, _ writes: Int) -> Kernel.Bound {
      .memory(reading: reads * x.count, writing: writes * x.count)
    }
    return norms(x, dy, past, model, bound) + [
      Kernel("sum of two tensors", bound(2, 1)) { _ = x + dy },
      Kernel("add in place", bound(2, 1)) { past.add(dy) },
      Kernel("copy", bound(1, 1)) { past.copy(from: x) },
      Kernel("fill", bound(0, 1)) { past.fill(1) },
      Kernel("SiLU forward", bound(1, 1)) { _ = SiLU().forward(x) },
      Kernel("SiLU backward", bound(2, 1)) { _ = SiLU().backward(dy, x) },
    ] + wide(model)
  }

  private static func norms(
    _ x: Tensor, _ dy: Tensor, _ past: Tensor, _ model: BenchModel,
    _ bound: (_ reads: Int, _ writes: Int) -> Kernel.Bound
  ) -> [Kernel] {
    let store = ParameterStore()
    let rms = RMSNorm(store.root("rms"), width: model.width)
    let layer = LayerNorm(store.root("layer"), width: model.width)
    store.allocate(seed: 0)
    let (rmsSaved, layerSaved) = (rms.forward(x).saved, layer.forward(x).saved)
    let rotary = RotaryPositions(headWidth: model.width / model.heads)
    let table = rotary.table(
      frames: model.size[0] / BenchModel.patch.frames, height: model.size[1] / BenchModel.patch.height,
      width: model.size[2] / BenchModel.patch.width)
    let groups = [model.clips * model.size[0] / BenchModel.patch.frames, 6 * model.width]
    let vectors = ModulationVectors(random(groups), width: model.width)
    let slots = ModulationVectors(Tensor(groups), width: model.width)
    let modulated = ModulatedNorm(shift: 0, scale: 1)
    let modulatedSaved = modulated.forward(x, by: vectors).saved
    let gate = GatedResidual(gate: 2)
    return [
      Kernel("RMS norm and rotation", bound(1, 1)) {
        _ = rms.forward(x) { rotary.rotate($0, of: $1, by: table) }
      },
      Kernel("RMS norm and rotation, made again", bound(1, 1)) {
        _ = rms.output(of: rmsSaved) { rotary.rotate($0, of: $1, by: table) }
      },
      Kernel("RMS norm and rotation backward", bound(2, 1)) {
        _ = rms.backward(dy, rmsSaved) { rotary.rotateBack($0, of: $1, by: table) }
      },
      Kernel("layer norm forward", bound(1, 1)) { _ = layer.forward(x) },
      Kernel("layer norm backward, residual added", bound(3, 1)) {
        _ = layer.backward(dy, layerSaved, plus: past)
      },
      Kernel("modulated norm forward", bound(1, 1)) { _ = modulated.forward(x, by: vectors) },
      Kernel("modulated norm, made again", bound(1, 1)) {
        _ = modulated.output(of: modulatedSaved, by: vectors)
      },
      Kernel("modulated norm backward, residual added", bound(3, 1)) {
        _ = modulated.backward(dy, modulatedSaved, by: vectors, into: slots, plus: past)
      },
      Kernel("gated residual forward", bound(2, 1)) { _ = gate.forward(x, past, by: vectors) },
      Kernel("gated residual backward", bound(2, 1)) {
        _ = gate.backward(dy, x, by: vectors, into: slots)
      },
    ]
  }

  /// Kernels over the feed-forward's hidden rows [B·N, 4·D], and over the clip.
  private static func wide(_ model: BenchModel) -> [Kernel] {
    let hidden = random([model.clips * model.tokensPerClip, 4 * model.width])
    let (gradient, sums) = (random(hidden.shape), Tensor.zeros([4 * model.width]))
    let (clip, cutter) = (random(model.clipShape), Patches(BenchModel.patch, channelsFirst: true))
    let n = hidden.count
    return [
      Kernel("GELU forward", .memory(reading: n, writing: n)) { _ = TanhGELU().forward(hidden) },
      Kernel("GELU backward and forward again", .memory(reading: 2 * n, writing: 2 * n)) {
        _ = TanhGELU().outputAndBackward(scaling: gradient, hidden, as: .float32)
      },
      Kernel("column sums", .memory(reading: n, writing: 0)) { addColumnSums(of: hidden, to: sums) },
      Kernel("cut into patches", .memory(reading: clip.count, writing: clip.count)) { _ = cutter.cut(clip) },
    ]
  }
}
