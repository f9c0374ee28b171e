/// How a frame of any size becomes a picture of one size: scaled evenly until it covers the picture, then cropped; or, with
/// a region, scaled until the region has the picture's size, then cropped to it.
public struct Framing: Sendable, Hashable, Codable {
  /// Width of the picture in pixels.
  public var width: Int
  /// Height of the picture in pixels.
  public var height: Int
  /// Which part stays when the covering frame is too wide: 0 the left edge, 0.5 the middle, 1 the right edge.
  public var cropX: Double
  /// Which part stays when the covering frame is too high: 0 the top, 0.5 the middle, 1 the bottom.
  public var cropY: Double

  /// Nothing is cropped: the picture is all of the covering frame.
  public var keepsAll = false

  /// The part of the frame that becomes the picture, whatever its proportions; nil for the largest one of the picture's.
  public private(set) var region: FrameRegion?

  /// Frames scaled until they cover a picture, and left whole: `Picture.cropped(to:)` makes of them what a framing of
  /// that picture makes of the frame, to the bit.
  public static func covering(width: Int, height: Int) -> Framing {
    var framing = Framing(width: width, height: height)
    framing.keepsAll = true
    return framing
  }

  /// A picture size, and where to crop.
  public init(width: Int, height: Int, cropX: Double = 0.5, cropY: Double = 0.5) {
    precondition(width > 0 && height > 0, "a framing of \(width)×\(height) has no pixels")
    precondition(
      (0...1).contains(cropX) && (0...1).contains(cropY), "crop position (\(cropX), \(cropY)) is not in 0…1")
    self.width = width
    self.height = height
    self.cropX = cropX
    self.cropY = cropY
  }

  /// A picture size, and the part of the frame that becomes the picture.
  public init(width: Int, height: Int, region: FrameRegion) {
    self.init(width: width, height: height)
    self.region = region
  }

  /// The size that a frame shown at `width` × `height` is scaled to: one side equals the picture's, the other is
  /// at least as long. With a region, the size at which that has the picture's.
  func coveringSize(width frameWidth: Double, height frameHeight: Double) -> (width: Int, height: Int) {
    if let region {
      return (
        max(width, Int((Double(width) / region.width).rounded())),
        max(height, Int((Double(height) / region.height).rounded()))
      )
    }
    let scale = max(Double(width) / frameWidth, Double(height) / frameHeight)
    return (
      max(width, Int((frameWidth * scale).rounded())), max(height, Int((frameHeight * scale).rounded()))
    )
  }

  /// Why a frame shown at a size cannot be scaled to cover the picture, in words; nil if it can.
  /// - Parameter maxPixels: the most pixels that a covering frame may have.
  package func excess(over maxPixels: Int, width: Int, height: Int) -> String? {
    excess(over: maxPixels, coveringSize(width: Double(width), height: Double(height)))
  }

  /// The same of a covering size.
  func excess(over maxPixels: Int, _ covering: (width: Int, height: Int)) -> String? {
    let (pixels, overflows) = covering.width.multipliedReportingOverflow(by: covering.height)
    // libav counts sides in so many bits.
    if !overflows, pixels <= maxPixels, max(covering.width, covering.height) < 1 << 24 { return nil }
    return "covering \(width)×\(height) takes \(covering.width)×\(covering.height) pixels, "
      + "above the limit of \(maxPixels) (data.limits.maxPixels)"
  }

  /// The part of a covering frame that is the picture.
  func part(of covering: (width: Int, height: Int)) -> (x: Int, y: Int, width: Int, height: Int) {
    if keepsAll { return (0, 0, covering.width, covering.height) }
    let origin = cropOrigin(in: covering)
    return (origin.x, origin.y, width, height)
  }

  /// The left and top of the picture within a covering frame.
  func cropOrigin(in covering: (width: Int, height: Int)) -> (x: Int, y: Int) {
    if let region {
      return (
        min(Int((region.x * Double(covering.width)).rounded()), covering.width - width),
        min(Int((region.y * Double(covering.height)).rounded()), covering.height - height)
      )
    }
    return (
      Int((cropX * Double(covering.width - width)).rounded()),
      Int((cropY * Double(covering.height - height)).rounded())
    )
  }
}
