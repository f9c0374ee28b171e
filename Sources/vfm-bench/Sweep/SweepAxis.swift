import Foundation

/// What a sweep varies, and over which values; all else is as in the base model.
enum SweepAxis: String, CaseIterable, Encodable {
  case tokens, width, batch, threads

  /// Two blocks, so that thousands of tokens are measured in seconds; one clip of 1024 tokens.
  static let usualBase = BenchModel(clips: 1, size: [4, 32, 32], width: 384, depth: 2, heads: 6)

  /// The value that a reader knows it by, the model, and the number of threads; ascending.
  func points(from base: BenchModel = usualBase, cores: Int) -> [(
    value: Int, model: BenchModel, threads: Int
  )] {
    switch self {
    case .tokens:
      [[1, 32, 32], [4, 32, 32], [4, 64, 64], [16, 64, 64]].map { size in
        var model = base
        model.size = size
        return (model.tokensPerClip, model, cores)
      }
    case .width:
      [128, 256, 384, 768].map { width in
        var model = base
        (model.width, model.heads) = (width, width / 64)
        return (width, model, cores)
      }
    case .batch:
      [1, 2, 4, 8].map { clips in
        var model = base
        model.clips = clips
        return (clips, model, cores)
      }
    case .threads:
      Set(sequence(first: 1) { $0 * 2 }.prefix { $0 < cores } + [cores]).sorted().map {
        ($0, base, $0)
      }
    }
  }

  var label: String {
    switch self {
    case .tokens: "tokens of a clip"
    case .width: "width"
    case .batch: "clips of a step"
    case .threads: "threads"
    }
  }
}
