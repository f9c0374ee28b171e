/// Which views of a clip are looked at: several times, and at each of them several crops.
///
/// The starts of n windows are spread evenly over the clip or its piece, the first at its beginning and the last so that
/// it ends with it:
///
///     start k = first + k · (length − window) / (n − 1),  k = 0 … n − 1
///
/// and crops in the same way along the longer side. One alone is the middle. That is the test of VideoMAE (Tong et al.,
/// 2022), which takes 5 × 3 views on Kinetics and 2 × 3 on Something-Something.
public struct ViewPlan: Sendable, Hashable, Codable {
  /// How many times of a clip.
  public let offsets: Int
  /// How many crops at each time.
  public let crops: Int

  /// One view: the middle of the clip, and of its picture.
  public static let middle = ViewPlan(offsets: 1, crops: 1)
  /// The most times, and the most crops, that text may name.
  public static let most = 100

  /// A plan of at least one time and one crop.
  public init(offsets: Int, crops: Int) {
    precondition(offsets > 0 && crops > 0, "a plan has at least one view")
    self.offsets = offsets
    self.crops = crops
  }

  /// The plan that a text such as "5x3" names, times first; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(whereSeparator: { $0 == "x" || $0 == "×" }).map { Int($0) }
    guard parts.count == 2, text.count(where: { $0 == "x" || $0 == "×" }) == 1, let offsets = parts[0],
      let crops = parts[1], (1...Self.most).contains(offsets), (1...Self.most).contains(crops)
    else { return nil }
    self.init(offsets: offsets, crops: crops)
  }

  /// "5x3".
  public var words: String { "\(offsets)x\(crops)" }

  /// The views of a clip by their starts, in seconds after the first shown frame, and where their crops lie. Views that
  /// would be the same window are one: a clip that is no longer than a window has one start, and a picture of the
  /// shape's proportions one crop.
  func views(in room: WindowRoom) -> (starts: [Double], crops: [(x: Double, y: Double)]) {
    let starts = room.slack > 0 ? places(offsets).map { room.first + $0 * room.slack } : [room.first]
    let crops: [(x: Double, y: Double)] =
      room.jutsX || room.jutsY
      ? places(self.crops).map { (room.jutsX ? $0 : 0.5, room.jutsY ? $0 : 0.5) } : [(0.5, 0.5)]
    return (starts, crops)
  }

  /// Places spread evenly from 0 to 1; one alone is in the middle.
  private func places(_ count: Int) -> [Double] {
    count == 1 ? [0.5] : (0..<count).map { Double($0) / Double(count - 1) }
  }
}
