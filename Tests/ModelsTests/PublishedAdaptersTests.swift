import Layers
import Models
import Tensors
import Testing

/// The same answers, gradients and merged weights as PEFT's adapters in diffusers' `WanTransformer3DModel`.
struct PublishedAdaptersTests {
  @Test(arguments: [false, true])
  func outputsGradientsAndMergedWeightsAreThoseOfPEFT(recomputesBlocks: Bool) throws {
    let published = try PublishedModel("wan_lora.h5")
    let targets = ["blocks.*.attn1", "blocks.*.ffn", "blocks.0.attn2.to_k", "proj_out"]
    let store = ParameterStore(
      policy: ParameterPolicy(
        frozen: [NamePattern("*")],
        lora: LoRA(rank: 3, alpha: 5, targets: targets.map { NamePattern($0) })))
    let model = VideoDiffusionTransformer(
      store.root, PublishedModel.transformer(recomputesBlocks: recomputesBlocks))
    try published.load(into: store)

    let text = try published.tensor("inputs/text")
    let times = try published.doubles("inputs/timestep").flatMap { Array(repeating: $0 / 1000, count: 4) }
    let (output, saved) = model.forward(
      try published.tensor("inputs/hidden_states"), times: times,
      text: text.reshaped([text.rows, text.columns]),
      textLengths: nil)
    try published.expect(output, "outputs/sample")
    let textGradient = try #require(model.backward(try published.tensor("outputs/gradient"), saved))
    try published.expect(textGradient, "gradients/inputs/text")
    try published.expectGradients(in: store)

    let adapted = Set(store.adapted.map(\.name))
    #expect(adapted.count == 2 * (4 + 2) + 1 + 1)
    for (name, _, values) in store.merged() where adapted.contains(name) {
      try published.expect(values, "merged/\(name)")
    }
  }
}
