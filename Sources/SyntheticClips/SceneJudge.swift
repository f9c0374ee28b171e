import Video

/// Tells by looking at the pictures of a clip what its single object is and does.
///
/// It knows nothing of how the clip was made: it is the yardstick for clips that a model made. It looks for whatever
/// stands out from the colour of the border, and takes the colour that is nearest, the shape that overlaps best, and
/// the direction in which the centre goes.
public struct SceneJudge: Sendable {
  /// What was seen; nil where nothing could be told.
  public struct Sight: Sendable, Equatable {
    /// The object's colour.
    public var colour: Colour?
    /// The object's shape.
    public var shape: ShapeKind?
    /// The object's motion: a straight one, or nil when it moves too little.
    public var motion: Motion?
  }

  /// The motions to choose from: those of the level that go straight.
  private let motions: [Motion]
  /// The shapes to choose from.
  private let shapes: [ShapeKind]

  /// A judge of clips of a level.
  public init(level: Level = .easy) {
    motions = level.motions.filter { $0.direction != nil }
    shapes = level.shapes
  }

  /// How much the foreground's strongest pixels differ from the ground at least, as a distance in RGB.
  private static let leastContrast = 60.0
  /// How far the centre goes at least, as a share of the frame.
  private static let leastTravel = 0.08

  /// Looks at a clip.
  /// - Parameter clip: pictures of one size, at least 16×16.
  public func look(at clip: [Picture]) -> Sight {
    precondition(
      !clip.isEmpty && clip.allSatisfy { ($0.width, $0.height) == (clip[0].width, clip[0].height) },
      "a clip is one or more pictures of one size")
    precondition(clip[0].width >= 16 && clip[0].height >= 16, "pictures must be at least 16×16")
    let ground = median(clip.flatMap(Self.border))
    let distances = clip.flatMap { picture in
      (0..<picture.width * picture.height).map { distance(picture.colour(at: $0), ground) }
    }
    // The hundredth strongest of a hundred pixels: one bright pixel is not an object.
    let contrast = distances.sorted()[distances.count * 99 / 100]
    guard contrast >= Self.leastContrast else { return Sight() }
    let pixels = clip[0].width * clip[0].height
    let foreground = clip.enumerated().flatMap { frame, picture in
      (0..<pixels).filter { distances[frame * pixels + $0] > 0.5 * contrast }.map(picture.colour(at:))
    }
    let colour = median(foreground)
    let masks = clip.compactMap { Mask($0, ground: ground, colour: colour) }
    guard 2 * masks.count >= clip.count else { return Sight() }
    return Sight(
      colour: Colour.allCases.min { distance($0.rgb, colour) < distance($1.rgb, colour) },
      shape: shapes.max { overlap($0, masks) < overlap($1, masks) }, motion: motion(of: masks))
  }

  /// The direction that is nearest to the way from the first centres to the last.
  private func motion(of masks: [Mask]) -> Motion? {
    guard masks.count >= 2 else { return nil }
    let part = max(1, masks.count / 4)
    let way = mean(masks.suffix(part)) - mean(masks.prefix(part))
    guard max(abs(way.x), abs(way.y)) >= Self.leastTravel else { return nil }
    func alignment(_ motion: Motion) -> Double {
      let direction = motion.direction!
      return (way * direction).sum() / (direction * direction).sum().squareRoot()
    }
    return motions.max { alignment($0) < alignment($1) }
  }

  private func mean(_ masks: some Collection<Mask>) -> SIMD2<Double> {
    masks.reduce(SIMD2()) { $0 + $1.centre / $1.size } / Double(masks.count)
  }

  /// How well a shape of each mask's area and centre covers the masks: shared over united area.
  private func overlap(_ shape: ShapeKind, _ masks: [Mask]) -> Double {
    let (area, centre) = shape.areaAndCentre
    var (shared, united) = (0.0, 0.0)
    for mask in masks {
      let radius = (mask.area / area).squareRoot()
      let stamp = Stamp(shape: shape, centre: mask.centre - centre * radius, radius: radius)
      var common = 0.0, stamped = 0.0
      stamp.forEachPixel(width: mask.width, height: mask.height) { index, coverage in
        common += min(coverage, mask.coverage[index])
        stamped += coverage
      }
      shared += common
      united += mask.area + stamped - common
    }
    return shared / united
  }

  private static func border(_ picture: Picture) -> [SIMD3<Double>] {
    let (width, height) = (picture.width, picture.height)
    let rows = (0..<width).flatMap { [$0, (height - 1) * width + $0] }
    return (rows + (0..<height).flatMap { [$0 * width, $0 * width + width - 1] }).map(picture.colour(at:))
  }
}

/// How much of each pixel the object covers, and where it is: in pixels.
private struct Mask {
  let width: Int, height: Int
  let coverage: [Double]
  let area: Double
  let centre: SIMD2<Double>

  var size: SIMD2<Double> { [Double(width), Double(height)] }

  /// The coverage is how far a pixel has gone from the ground's colour to the object's; nil when hardly any has.
  init?(_ picture: Picture, ground: SIMD3<Double>, colour: SIMD3<Double>) {
    width = picture.width
    height = picture.height
    let way = colour - ground
    var (coverage, area, centre) = ([Double](), 0.0, SIMD2<Double>())
    for index in 0..<width * height {
      let share = ((picture.colour(at: index) - ground) * way).sum() / (way * way).sum()
      // What is faint is noise and the compressor's ringing.
      let covered = share < 0.25 ? 0 : min(share, 1)
      coverage.append(covered)
      area += covered
      centre += SIMD2(Double(index % width) + 0.5, Double(index / width) + 0.5) * covered
    }
    guard area >= 4 else { return nil }
    self.coverage = coverage
    self.area = area
    self.centre = centre / area
  }
}

extension ShapeKind {
  /// The area at radius 1, and the way from the middle to the centre of the area: measured once, on a fine grid.
  fileprivate var areaAndCentre: (area: Double, centre: SIMD2<Double>) { Self.measures[self]! }

  private static let measures: [ShapeKind: (area: Double, centre: SIMD2<Double>)] = {
    let side = 256
    let radius = Double(side) / 3
    return Dictionary(
      uniqueKeysWithValues: allCases.map { shape in
        var (area, centre) = (0.0, SIMD2<Double>())
        let middle = SIMD2(repeating: Double(side) / 2)
        Stamp(shape: shape, centre: middle, radius: radius).forEachPixel(width: side, height: side) {
          index, covered in
          area += covered
          centre += (SIMD2(Double(index % side) + 0.5, Double(index / side) + 0.5) - middle) * covered
        }
        return (shape, (area / (radius * radius), centre / (area * radius)))
      })
  }()
}

extension Picture {
  fileprivate func colour(at index: Int) -> SIMD3<Double> {
    [Double(pixels[3 * index]), Double(pixels[3 * index + 1]), Double(pixels[3 * index + 2])]
  }
}

private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
  ((a - b) * (a - b)).sum().squareRoot()
}

/// The middle value of each channel.
private func median(_ colours: [SIMD3<Double>]) -> SIMD3<Double> {
  func middle(_ channel: Int) -> Double { colours.map { $0[channel] }.sorted()[colours.count / 2] }
  return [middle(0), middle(1), middle(2)]
}
