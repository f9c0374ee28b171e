/// A way to damage a clip.
package enum Mutation: String, CaseIterable, Sendable {
  /// The end is missing.
  case truncated
  /// One to sixteen bits are flipped, anywhere.
  case flippedBits = "flipped bits"
  /// 512 bytes are noise, as a bad sector of a disk.
  case noise
  /// Bytes of the first kilobyte, or at the beginning of a box or element, have other values.
  case damagedHeader = "damaged header"
  /// Pages of 4096 bytes (512 in small files) are zero, as after a crash of a file system.
  case zeroedPages = "zeroed pages"
  /// A field that says a size or a count says another, mostly a huge one.
  case blownSize = "blown size"
  /// Pieces of the file stand twice or in the wrong order.
  case movedPieces = "moved pieces"

  /// The damaged bytes.
  package func apply(to clip: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = clip
    guard bytes.count > 1 else { return bytes }
    switch self {
    case .truncated:
      bytes.removeLast(1 + generator.below(bytes.count - 1))
    case .flippedBits:
      for _ in 0...generator.below(16) {
        bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
      }
    case .noise:
      let start = generator.below(bytes.count)
      for i in start..<min(bytes.count, start + 512) {
        bytes[i] = UInt8.random(in: 0...255, using: &generator)
      }
    case .damagedHeader:
      Mutation.damageHeader(&bytes, &generator)
    case .zeroedPages:
      let page = bytes.count < 16_384 ? 512 : 4096
      for _ in 0...generator.below(3) {
        let start = generator.below(bytes.count) / page * page
        for i in start..<min(bytes.count, start + page) { bytes[i] = 0 }
      }
    case .blownSize:
      for _ in 0...generator.below(2) { SizeFields.blow(&bytes, &generator) }
    case .movedPieces:
      Mutation.movePieces(&bytes, &generator)
    }
    return bytes
  }

  private static func damageHeader(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let boxes = SizeFields.find(in: bytes).map(\.offset)
    for _ in 0...generator.below(8) {
      let start = generator.below(2) == 0 ? 0 : boxes.randomElement(using: &generator) ?? 0
      let reach = start == 0 ? 1024 : 16
      bytes[min(bytes.count - 1, start + generator.below(reach))] = UInt8.random(
        in: 0...255, using: &generator)
    }
  }

  private static func movePieces(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let length = 1 + generator.below(min(4096, bytes.count / 2))
    let (a, b) = (generator.below(bytes.count - length), generator.below(bytes.count - length))
    let (first, second) = (Array(bytes[a..<a + length]), Array(bytes[b..<b + length]))
    switch generator.below(3) {
    case 0: bytes.insert(contentsOf: first, at: b)
    case 1: bytes.replaceSubrange(b..<b + length, with: first)
    default:
      bytes.replaceSubrange(b..<b + length, with: first)
      bytes.replaceSubrange(a..<a + length, with: second)
    }
  }
}
