import Layers
import Models
import Objectives
import Tensors
import Testing

/// The same features, predictions, loss and gradients as transformers' `VJEPA2Model`.
struct PublishedFeaturePredictorTests {
  @Test(arguments: ["vjepa2.h5", "vjepa2_odd.h5"], [false, true])
  func featuresPredictionsAndGradientsAreThoseOfTransformers(file: String, recomputesBlocks: Bool) throws {
    let published = try PublishedModel(file)
    let model = try model(published, recomputesBlocks: recomputesBlocks)
    let clips = try published.clips()
    // transformers encodes whole clips, and takes the context out of what that gives.
    let (hidden, encoderSaved) = model.encoder.forward(clips)
    try published.expect(hidden, "outputs/hidden")
    #expect(model.encoder.output(clips).values == hidden.values)
    let question = try question(published, "", kind: 1)
    let (predicted, predictorSaved) = model.predictor.forward(question.context.forward(hidden), question)
    try published.expect(predicted, "outputs/predicted")

    let gradient = question.context.backward(
      model.predictor.backward(try rows(published, "outputs/predicted_gradient"), predictorSaved))
    gradient.add(try rows(published, "outputs/hidden_gradient"))
    model.encoder.backward(gradient, encoderSaved)
    try published.expectGradients(in: model.parameters)
  }

  @Test(arguments: [false, true])
  func theLossIsThatOfTransformersPartsPutTogether(recomputesBlocks: Bool) throws {
    let published = try PublishedModel("vjepa2_training.h5")
    let model = try model(published, recomputesBlocks: recomputesBlocks)
    let clips = try published.clips()
    try published.expect(standardizedRows(model.encoder.output(clips)), "outputs/teacher")
    let questions = try (0..<2).map { try question(published, "_\($0)", kind: $0) }
    for question in questions {
      try published.expect(model.output(clips, question), "outputs/predicted_\(question.kind)")
    }
    let objective = FeaturePrediction(
      model: model,
      masks: MultiBlockMasks(
        questions.map { _ in .init(blocks: 1, area: 0.3) }, aspect: 1...1, grid: questions[0].grid))
    let losses = objective.addGradients(clips, asking: questions, share: 1)
    let loss = try #require(published.doubles("outputs/loss").first)
    #expect(abs(losses.reduce(0, +) / 2 - loss) < 1e-5 * loss)
    for question in questions {
      let ours = objective.addGradients(clips, asking: [question], share: 0).reduce(0, +) / 2
      let theirs = try #require(published.doubles("outputs/loss_\(question.kind)").first)
      #expect(abs(ours - theirs) < 1e-5 * theirs)
    }
    try published.expectGradients(in: model.parameters)
  }

  private func model(_ published: PublishedModel, recomputesBlocks: Bool) throws -> JointEmbeddingModel {
    func blocks(_ prefix: String) throws -> BlockSizes {
      let width = try published.size("\(prefix)hidden_size")
      return BlockSizes(
        width: width, depth: try published.size("\(prefix)num_hidden_layers"),
        heads: try published.size("\(prefix)num_attention_heads"),
        feedForward: Int(Double(width) * (try published.number("\(prefix)mlp_ratio"))),
        recomputesBlocks: recomputesBlocks)
    }
    let model = JointEmbeddingModel(
      VideoEncoderConfiguration(layout: .vJEPA2, patch: try published.patch(), blocks: try blocks("")),
      predictor: try blocks("pred_"), kinds: try published.size("pred_num_mask_tokens"))
    try published.load(into: model.parameters)
    return model
  }

  private func question(
    _ published: PublishedModel, _ suffix: String, kind: Int
  ) throws -> FeaturePredictor.Question {
    let side = try published.size("crop_size") / published.size("patch_size")
    let grid = TokenGrid(
      frames: try published.size("frames_per_clip") / published.size("tubelet_size"), height: side,
      width: side)
    func tokens(_ name: String) throws -> TokenSelection {
      let places = try published.integers("inputs/\(name)\(suffix)")
      let half = places.count / 2
      return TokenSelection([Array(places[..<half]), Array(places[half...])], of: grid.tokens)
    }
    return FeaturePredictor.Question(
      context: try tokens("context"), targets: try tokens("target"), grid: grid, kind: kind)
  }

  private func rows(_ published: PublishedModel, _ path: String) throws -> Tensor {
    let tensor = try published.tensor(path)
    return tensor.reshaped([tensor.rows, tensor.columns])
  }
}
