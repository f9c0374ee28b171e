import Video

/// Which of the two lists of a recipe a packed clip is of.
public enum PackedList: String, Codable, Sendable, CaseIterable {
  /// `data.train`
  case train
  /// `data.validation`
  case validation
}

/// What a pack keeps of each clip of a list: which frames, and how they became pictures.
public struct PackTransform: Codable, Sendable, Hashable {
  /// The shape of the samples.
  public let frames: Int, height: Int, width: Int, frameRate: Double
  /// Where samples start: with `random` every frame of the piece is kept, with `first` those of the one
  /// window.
  public let start: StartChoice
  /// How samples are cropped.
  public let crop: Crop
  /// The version of the conversion from decoded frames to pictures.
  public let conversion: Int

  /// Which part of frames is kept.
  public enum Crop: String, Codable, Sendable {
    /// The middle.
    case centre
    /// All of a frame that covers the sample.
    case random

    /// What samples of a crop need; nil for crops that are resized: they would be scaled from frames that were scaled
    /// before.
    public init?(_ crop: CropChoice) {
      switch crop {
      case .centre: self = .centre
      case .random: self = .random
      case .resized: return nil
      }
    }
  }

  /// What samples of this shape and these choices need.
  public init(_ shape: ClipShape, start: StartChoice, crop: Crop) {
    (frames, height, width, frameRate) = (shape.frames, shape.height, shape.width, shape.frameRate)
    self.start = start
    self.crop = crop
    conversion = Picture.conversion
  }

  /// The samples' shape.
  var shape: ClipShape { ClipShape(frames: frames, height: height, width: width, frameRate: frameRate) }

  /// How a frame becomes a stored picture.
  var framing: Framing {
    crop == .random
      ? .covering(width: width, height: height) : Framing(width: width, height: height)
  }

  /// Why what was kept does not serve `wanted`, in words; nil if it does.
  ///
  /// All frames serve every window, whatever its length and rate, and frames that cover serve every crop.
  func obstacle(to wanted: PackTransform) -> String? {
    var differences: [String] = []
    func compare<Value: Equatable>(_ name: String, _ path: KeyPath<PackTransform, Value>) {
      let (then, now) = (self[keyPath: path], wanted[keyPath: path])
      if then != now { differences.append("\(name) was \(then) and is now \(now)") }
    }
    compare("data.height", \.height)
    compare("data.width", \.width)
    compare("the conversion of pictures", \.conversion)
    if start == .first {
      compare("data.start", \.start)
      compare("data.frames", \.frames)
      compare("data.frameRate", \.frameRate)
    }
    if crop == .centre && wanted.crop == .random {
      differences.append("data.crop was \"center\" and is now \"random\"")
    }
    return differences.isEmpty ? nil : differences.joined(separator: ", ")
  }
}
