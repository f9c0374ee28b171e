/// 64 bits that tell what a shot looks like: near duplicates differ in few of them.
///
/// A difference hash: the picture as 9 × 8 means of brightness, and a bit for each two that are neighbours in a row, 1
/// when the left one is brighter. The picture is the mean of three frames at fixed places, a quarter, a half and three
/// quarters of the way through the shot. Scaling, coding and overall brightness change few bits; mirroring, turning
/// and cropping change many.
package struct PerceptualHash: Hashable, Sendable, CustomStringConvertible {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  /// Differences up to this many levels of 255 count as none: on even ground the coding decides them.
  private static let evenness = 2

  /// The hash of a shot of these frames.
  init(of frames: ArraySlice<FrameMeasures>) {
    let places = [1, 2, 3].map { frames.startIndex + (frames.count - 1) * $0 / 4 }
    let cells = (0..<72).map { cell in places.reduce(0) { $0 + Int(frames[$1].cells[cell]) } }
    var bits: UInt64 = 0
    for row in 0..<8 {
      for column in 0..<8 {
        let left = cells[9 * row + column]
        let right = cells[9 * row + column + 1]
        bits = bits << 1 | (left - right > 3 * PerceptualHash.evenness ? 1 : 0)
      }
    }
    self.bits = bits
  }

  /// Reads 16 hexadecimal digits.
  package init?(_ text: String) {
    guard text.utf8.count == 16, let bits = UInt64(text, radix: 16) else { return nil }
    self.bits = bits
  }

  /// 16 hexadecimal digits.
  package var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// In how many bits two hashes differ.
  package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }
}
