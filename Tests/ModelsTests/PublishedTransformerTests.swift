import Layers
import Models
import Tensors
import Testing

/// The same answers and gradients as diffusers' `WanTransformer3DModel`.
struct PublishedTransformerTests {
  @Test(arguments: ["wan.h5", "wan_frames.h5"], [false, true])
  func outputsAndGradientsAreThoseOfDiffusers(file: String, recomputesBlocks: Bool) throws {
    let published = try PublishedModel(file)
    let store = ParameterStore()
    let model = VideoDiffusionTransformer(
      store.root, PublishedModel.transformer(recomputesBlocks: recomputesBlocks))
    try published.load(into: store)
    let text = try published.tensor("inputs/text")
    let (output, saved) = model.forward(
      try published.tensor("inputs/hidden_states"), times: try times(file, published),
      text: text.reshaped([text.rows, text.columns]), textLengths: nil)
    try published.expect(output, "outputs/sample")
    let textGradient = try #require(model.backward(try published.tensor("outputs/gradient"), saved))
    try published.expect(textGradient, "gradients/inputs/text")
    try published.expectGradients(in: store)
  }

  /// One time for each of the four latent frames, in 0…1; Wan counts to 1000.
  private func times(_ file: String, _ published: PublishedModel) throws -> [Double] {
    if file == "wan_frames.h5" { return try published.doubles("inputs/frame_times").map { $0 / 1000 } }
    return try published.doubles("inputs/timestep").flatMap { Array(repeating: $0 / 1000, count: 4) }
  }
}
