import Fields
import Layers
import Objectives

/// What is done to training clips and their classes, where classes are learned.
public struct AugmentationSection: Sendable, Equatable {
  /// How likely a clip is mirrored, if its class is listed.
  public let flip: Double
  /// Classes that may be mirrored: two that become each other, or one that stays what it is.
  public let mirroredClasses: [[String]]
  /// How likely a box of a clip is erased.
  public let erase: Double
  /// What stands in the box.
  public let filling: RandomErasing.Filling
  /// α of mixup and of cutmix; 0 for none.
  public let mixup: Double, cutmix: Double
  /// Share of a target that is spread over all classes.
  public let labelSmoothing: Double

  /// Stands for all classes that are not named.
  static let others = "*"

  /// Declares `flip`, `mirroredClasses`, `erase`, `eraseWith`, `mixup`, `cutmix` and `labelSmoothing`.
  public init(_ section: Section) {
    flip = section.number(
      "flip", .from(0, through: 1), default: 0,
      "How likely a training clip is mirrored left to right; only clips of classes in mirroredClasses are.")
    let entry = Kind.list(of: .string(mayBeEmpty: false), count: 1...2)
    mirroredClasses = section.value(
      "mirroredClasses", .list(of: entry, count: 0...10_000), .standard(JSON(.list([]))),
      "What mirrored clips show: [\"left\", \"right\"] for two classes that become each other, [\"up\"] for one that "
        + "stays what it is, [\"*\"] for all others that do so. A class that is not listed is never mirrored."
    ).list.map { $0.list.map(\.string) }
    erase = section.number(
      "erase", .from(0, through: 1), default: 0,
      "How likely a box of a training clip, 2 to 33 % of the picture and the same in all frames, is erased.")
    filling = section.choice(
      "eraseWith", default: RandomErasing.Filling.noise,
      "What stands in the box: normally distributed noise, or the mean colour.")
    mixup = section.number(
      "mixup", .from(0, through: 100), default: 0,
      "α of mixup, which blends the clips of a pass in pairs, their targets alike: the share of each is drawn from "
        + "Beta(α, α); 0 for none. With cutmix, too, each pass has one of them.")
    cutmix = section.number(
      "cutmix", .from(0, through: 100), default: 0,
      "α of cutmix, which puts a box of one clip into another; 0 for none.")
    labelSmoothing = section.number(
      "labelSmoothing", .from(0, below: 1), default: 0,
      "Share of each target that is spread evenly over all classes.")
    check(section)
  }

  private func check(_ section: Section) {
    section.expect(
      flip == 0 || !mirroredClasses.isEmpty, of: "flip", "mirroredClasses",
      otherwise:
        "no class is in augmentation.mirroredClasses, so nothing would be mirrored; list pairs that become each other "
        + "and classes that stay what they are, [[\"*\"]] if mirroring changes the class of none")
    var seen: Set<String> = []
    let twice = mirroredClasses.joined().filter { !seen.insert($0).inserted }
    section.expect(
      twice.isEmpty, of: "mirroredClasses",
      otherwise: "\(quoted(twice[0])) is listed twice; a class becomes one class when it is mirrored")
    section.expect(
      !mirroredClasses.contains { $0.count == 2 && $0.contains(Self.others) }, of: "mirroredClasses",
      otherwise: "\"*\" stands alone, for all classes that are not named and stay what they are")
  }

  /// What this means for classes.
  ///
  /// - Parameters:
  ///   - means: of each channel's pixels, −1 to 1, as the model expects them; noise in erased boxes has this mean.
  ///   - deviations: of each channel's pixels.
  /// - Throws: `ClassesError` when a class is named that there is none of.
  public func augmentation(
    _ classes: ClassList, means: [Float] = ImageNetPixels.means,
    deviations: [Float] = ImageNetPixels.deviations
  ) throws(ClassesError) -> Augmentation {
    let mirrored = try mirroredNumbers(classes)
    return Augmentation(
      mirroring: flip > 0 ? Mirroring(probability: flip, mirrored: mirrored) : nil,
      erasing: erase > 0
        ? RandomErasing(probability: erase, filling: filling, means: means, deviations: deviations) : nil,
      mixing: ClipMixing(mixup: mixup, cutmix: cutmix),
      targets: ClassTargets(classes: classes.count, smoothing: labelSmoothing))
  }

  /// The class that a mirrored clip of each class is of; nil for classes that are never mirrored.
  private func mirroredNumbers(_ classes: ClassList) throws(ClassesError) -> [Int?] {
    let named = mirroredClasses.filter { $0 != [Self.others] }
    let unknown = named.joined().filter { classes.number(of: $0) == nil }
    guard unknown.isEmpty else { throw .unknownMirrored(unknown, known: classes.names) }
    var numbers: [Int?] =
      named.count < mirroredClasses.count ? classes.names.indices.map { $0 } : classes.names.map { _ in nil }
    for names in named {
      let (first, last) = (classes.number(of: names[0])!, classes.number(of: names[names.count - 1])!)
      numbers[first] = last
      numbers[last] = first
    }
    return numbers
  }
}
