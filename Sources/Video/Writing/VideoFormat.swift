/// The kinds of file that clips are written as; the ending of a path chooses one.
public enum VideoFormat: String, Sendable, Hashable, CaseIterable {
  /// H.264, yuv420p, the index at the front: what every browser and player shows.
  case mp4
  /// VP9, yuv420p: free of patents, shown by browsers.
  case webm
  /// At most 255 colours, chosen for the clip, which loops for ever: shown wherever pictures are.
  case gif
  /// FFV1 in red, green and blue: decodes to the very bytes that were written.
  case mkv

  /// The format that a path's ending names, in capitals or not; nil if it names none.
  public init?(path: String) {
    guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: ".") else { return nil }
    self.init(rawValue: name[dot...].dropFirst().lowercased())
  }

  /// The endings that are known, for messages: `.mp4, .webm, .gif, .mkv`.
  public static var endings: String { allCases.map { ".\($0.rawValue)" }.joined(separator: ", ") }

  /// Whether width and height must be even, since colour is kept for squares of 2 × 2 pixels.
  public var needsEvenSizes: Bool { self == .mp4 || self == .webm }

  /// The most pictures that such a file can show in a second.
  public var mostPicturesASecond: Double { Encoding(codec).mostPicturesASecond }

  /// The internet's name for such files.
  public var mediaType: String {
    switch self {
    case .mp4: "video/mp4"
    case .webm: "video/webm"
    case .gif: "image/gif"
    case .mkv: "video/x-matroska"
    }
  }

  /// Whether browsers show such files.
  public var isShownByBrowsers: Bool { self != .mkv }

  /// How clips of this format are compressed unless one says otherwise.
  var codec: VideoCodec {
    switch self {
    case .mp4: .h264()
    case .webm: .vp9()
    case .gif: .gif
    case .mkv: .ffv1
    }
  }
}

/// How pictures are compressed.
public enum VideoCodec: Sendable, Hashable {
  /// H.264 by libx264. `crf` is its constant rate factor: 0 lossless, 18 hardly visible loss, 51 worst; a key frame
  /// comes at the latest every `keyFrameEvery` frames.
  case h264(crf: Int = 18, keyFrameEvery: Int = 250)
  /// VP9 by libvpx. `crf` is its constant quality: 0 best, 20 hardly visible loss, 63 worst.
  case vp9(crf: Int = 20)
  /// A palette of the clip's own, and error diffusion where it does not suffice.
  case gif
  /// Lossless; each frame stands for itself.
  case ffv1

  /// The only format that holds it here.
  var format: VideoFormat {
    switch self {
    case .h264: .mp4
    case .vp9: .webm
    case .gif: .gif
    case .ffv1: .mkv
    }
  }
}
