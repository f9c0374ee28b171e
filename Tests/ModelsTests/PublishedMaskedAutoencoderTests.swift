import Layers
import Models
import Objectives
import Tensors
import Testing

/// The same answers, loss and gradients as transformers' `VideoMAEForPreTraining`.
struct PublishedMaskedAutoencoderTests {
  @Test(arguments: ["videomae.h5", "videomae_odd.h5"], [false, true])
  func outputsLossAndGradientsAreThoseOfTransformers(file: String, recomputesBlocks: Bool) throws {
    let published = try PublishedModel(file)
    let patch = try published.patch()
    let model = MaskedAutoencoder(
      VideoEncoderConfiguration(
        layout: .videoMAE, patch: patch, blocks: try published.blocks("", recomputesBlocks: recomputesBlocks),
        hasFinalNorm: try published.size("use_mean_pooling") == 0),
      decoder: try published.blocks("decoder_", recomputesBlocks: recomputesBlocks))
    try published.load(into: model.parameters)
    let clips = try published.clips()
    let (visible, hidden) = try masks(published)
    try published.expect(model.output(clips, visible: visible, hidden: hidden), "outputs/logits")

    let objective = MaskedReconstruction(
      model: model, mask: TokenMask(.tube, share: 0.5), targets: PatchTargets(isNormalized: true))
    let losses = objective.addGradients(clips, visible: visible, hidden: hidden, share: 1)
    let loss = try #require(published.doubles("outputs/loss").first)
    #expect(abs(losses.reduce(0, +) / 2 - loss) < 1e-4 * loss)
    try published.expectGradients(in: model.parameters)

    let plain = MaskedReconstruction(
      model: model, mask: TokenMask(.tube, share: 0.5), targets: PatchTargets(isNormalized: false))
    let plainLoss = try #require(published.doubles("outputs/loss_of_plain_pixels").first)
    let plainLosses = plain.addGradients(clips, visible: visible, hidden: hidden, share: 0)
    #expect(abs(plainLosses.reduce(0, +) / 2 - plainLoss) < 1e-4 * plainLoss)
  }

  private func masks(_ published: PublishedModel) throws -> (visible: TokenSelection, hidden: TokenSelection)
  {
    let mask = try published.integers("inputs/bool_masked_pos")
    let tokens = mask.count / 2
    func places(_ value: Int) -> TokenSelection {
      TokenSelection(
        (0..<2).map { clip in (0..<tokens).filter { mask[clip * tokens + $0] == value } }, of: tokens)
    }
    return (places(0), places(1))
  }
}

extension PublishedModel {
  /// The patch of VideoMAE's and V-JEPA 2's files.
  func patch() throws -> PatchSize {
    PatchSize(
      frames: try size("tubelet_size"), height: try size("patch_size"), width: try size("patch_size"))
  }

  /// The sizes of a stack of VideoMAE's files.
  func blocks(_ prefix: String, recomputesBlocks: Bool) throws -> BlockSizes {
    BlockSizes(
      width: try size("\(prefix)hidden_size"), depth: try size("\(prefix)num_hidden_layers"),
      heads: try size("\(prefix)num_attention_heads"), feedForward: try size("\(prefix)intermediate_size"),
      recomputesBlocks: recomputesBlocks)
  }

  /// The clips [B, 3, F, H, W] from −1 to 1; the files hold them as [B, F, 3, H, W], normalised.
  func clips() throws -> Tensor {
    let published = try tensor("inputs/pixel_values")
    let (batch, frames) = (published.shape[0], published.shape[1])
    let size = published.shape[3] * published.shape[4]
    let clips = Tensor([batch, 3, frames] + published.shape[3...])
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    for b in 0..<batch {
      for f in 0..<frames {
        for c in 0..<3 {
          for i in 0..<size {
            clips.pointer[((b * 3 + c) * frames + f) * size + i] =
              2 * (published.pointer[((b * frames + f) * 3 + c) * size + i] * deviation[c] + mean[c]) - 1
          }
        }
      }
    }
    return clips
  }
}
