import Foundation
import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// The same latents, clips and gradients as diffusers' `AutoencoderKLWan`, in the layouts of Wan 2.1 and of Wan 2.2.
struct PublishedAutoencoderTests {
  static let files = ["wan_autoencoder.h5", "wan_autoencoder_odd.h5", "wan22_autoencoder.h5"]

  @Test(arguments: files)
  func answersAndGradientsAreThoseOfDiffusers(file: String) throws {
    let published = try PublishedModel(file)
    let model = try published.autoencoder()
    try check(model, published, "")
    try published.expectGradients(in: model.parameters)
  }

  @Test(arguments: files)
  func answersOfOtherSizesAreThoseOfDiffusers(file: String) throws {
    let published = try PublishedModel(file)
    let model = try published.autoencoder()
    let cases = published.cases
    #expect(cases.count >= 3)
    for name in cases {
      model.parameters.zeroGradients()
      try check(model, published, "cases/\(name)/")
      for entry in model.parameters.trainedEntries
      where published.has("cases/\(name)/gradients/\(entry.name)") {
        let gradient = model.parameters.gradients.view(at: entry.offset, entry.shape)
        try published.expect(gradient, "cases/\(name)/gradients/\(entry.name)")
      }
    }
  }

  /// Compares one case forward, and, where it has gradients, backward.
  private func check(_ model: VideoAutoencoder, _ published: PublishedModel, _ prefix: String) throws {
    func rows(_ path: String) throws -> Tensor {
      ChannelsLast().forward(try published.tensor(prefix + path))
    }
    func expect(_ rows: Tensor, _ path: String) throws {
      try published.expect(ChannelsLast().backward(rows), prefix + path)
    }
    let (moments, encoderSaved) = model.encode(try published.tensor(prefix + "inputs/clip"))
    try expect(moments, "outputs/moments")
    let latents = try rows("outputs/latents")
    let (clips, decoderSaved) = model.decode(latents)
    try published.expect(clips, prefix + "outputs/sample")

    guard published.has(prefix + "outputs/loss") else { return }
    // d loss / d moments = v, and through latents = mean + exp(logvar / 2) · noise.
    let latentsGradient = model.decodeBackward(
      try published.tensor(prefix + "outputs/sample_gradient"), decoderSaved)
    try expect(latentsGradient, "gradients/inputs/latents")
    let momentsGradient = try rows("outputs/moments_gradient").copied()
    let (noise, z) = (try rows("inputs/noise"), latents.columns)
    for r in 0..<latents.rows {
      for c in 0..<z {
        let dz = latentsGradient.row(r)[c]
        momentsGradient.row(r)[c] += dz
        momentsGradient.row(r)[z + c] += dz * noise.row(r)[c] * 0.5 * exp(0.5 * moments.row(r)[z + c])
      }
    }
    let clipGradient = model.encodeBackwardToClips(momentsGradient, encoderSaved)
    try published.expect(clipGradient, prefix + "gradients/inputs/clip")
  }

  /// Whatever the parts, the bits are those of the whole clip.
  @Test(arguments: files)
  func partsOfAClipGiveTheBitsOfTheWhole(file: String) throws {
    let model = try PublishedModel(file).autoencoder()
    let (unit, size) = (model.configuration.timeFactor, model.configuration.pixelFactor)
    let frames = 4 * unit + 1
    let clip = gaussian([2, 3, frames, 2 * size, size])
    let moments = model.encode(clip).moments
    let latents = gaussian(Array(moments.shape[..<4]) + [model.configuration.latentChannels])
    let whole = model.decode(latents).clips
    for parts in [[1, 1, 1, 1, 1], [2, 3], [1, 4], [3, 2], [5]] {
      let (encoding, decoding) = (FrameStream(), FrameStream())
      var (first, start) = (0, 0)
      for count in parts {
        // The first latent stands for one frame, each other for as many as the time factor.
        let end = (first + count - 1) * unit + 1
        let part = ChannelsLast().forward(clip).frames(start..<end)
        let encoded = model.encodeNext(ChannelsLast().backward(part), in: encoding)
        #expect(sameBits(encoded, moments.frames(first..<first + count)), "moments in parts \(parts)")
        let decoded = model.decodeNext(
          latents.frames(first..<first + count), isFirst: first == 0, in: decoding)
        #expect(
          sameBits(ChannelsLast().forward(decoded), ChannelsLast().forward(whole).frames(start..<end)),
          "clip in parts \(parts)")
        (first, start) = (first + count, end)
      }
    }
  }
}

extension PublishedModel {
  /// The model of an autoencoder's file, with the file's parameters.
  func autoencoder() throws -> VideoAutoencoder {
    func list(_ name: String) -> [Int] {
      var items: [Int] = []
      while let item = try? size("\(name)_\(items.count)") { items.append(item) }
      return items
    }
    let width = try size("base_dim")
    let model = VideoAutoencoder(
      VideoAutoencoderConfiguration(
        width: width, decoderWidth: try? size("decoder_base_dim"), latentChannels: try size("z_dim"),
        multipliers: list("dim_mult"), residualBlocks: try size("num_res_blocks"),
        halvesTime: list("temperal_downsample").map { $0 == 1 }, patch: (try? size("patch_size")) ?? 1,
        hasShortcuts: (try? size("is_residual")) == 1))
    try load(into: model.parameters)
    return model
  }
}
