import Clips
import Fields
import Layers
import Models
import Tasks

extension VideoEncoderConfiguration {
  /// Declares the sizes of a video encoder; `section` is `model`.
  public init(_ section: Section, layout: EncoderLayout) {
    let patch = PatchSize(section, default: [2, 16, 16])
    self.init(
      layout: layout, patch: patch,
      blocks: BlockSizes(section, width: 384, depth: 12, heads: 6, hasRotary: layout == .vJEPA2))
  }
}

extension BlockSizes {
  /// Declares the sizes of a stack of blocks.
  /// - Parameter hasRotary: whether heads have positions along three axes, for which they need 6 values.
  init(_ section: Section, width: Int, depth: Int, heads: Int, hasRotary: Bool) {
    let width = section.integer("width", 1...16384, default: width, "Values in a token.")
    let depth = section.integer("depth", 1...128, default: depth, "Blocks.")
    let heads = section.integer(
      "heads", 1...256, default: heads,
      hasRotary
        ? "Attention heads in a block; each gets width / heads values, at least 6."
        : "Attention heads in a block; each gets width / heads values.")
    let feedForward = section.integer(
      "feedForward", 1...65536, default: 4 * width, from: "4 × \(section.path).width",
      "Width of the feed-forward layer in a block.")
    let least = hasRotary ? 6 : 1
    func fits(_ heads: Int) -> Bool { width % heads == 0 && width / heads >= least }
    let near = [(1..<max(1, heads)).last(where: fits), (heads + 1...257).first(where: fits)]
      .compactMap { $0 }.filter { $0 <= 256 }.map(String.init)
    section.expect(
      fits(heads), of: "heads", "width",
      otherwise:
        "\(heads) cannot share \(section.path).width \(width): each head takes an equal number of values"
        + (hasRotary ? ", at least 6 (positions are told along three axes)" : "")
        + (near.isEmpty
          ? "; no number of heads fits, take a multiple of 64 for the width"
          : "; \(near.joined(separator: " or ")) would fit"))
    self.init(width: width, depth: depth, heads: heads, feedForward: feedForward)
  }
}
