import Foundation

/// One line of `metrics.jsonl`, of which only the step is looked at: a run of weeks has written hundreds of thousands of
/// them, and to parse them all would take longer than its first steps.
struct MetricsLine {
  private let bytes: UnsafeRawBufferPointer

  /// A line with its line end.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Where the line that begins at a place ends, its line end included.
  static func end(in bytes: UnsafeRawBufferPointer, from place: Int) -> Int {
    let found = memchr(bytes.baseAddress! + place, Int32(UInt8(ascii: "\n")), bytes.count - place)
    return found.map { bytes.baseAddress!.distance(to: UnsafeRawPointer($0)) + 1 } ?? bytes.count
  }

  /// Its step; nil for a line that is torn or has none.
  var step: Int? {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "{"), bytes[bytes.count - 2] == UInt8(ascii: "}"),
      bytes[bytes.count - 1] == UInt8(ascii: "\n"), let place = place(behind: "\"step\":"),
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
    else { return parsedStep }
    let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// The same of a line that another program has written in a way of its own.
  private var parsedStep: Int? {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    return (try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])?["step"] as? Int
  }

  /// Whether it tells that the recipe was changed.
  var tellsChanges: Bool { place(behind: "\"changed\":") != nil }

  /// Where a key's value begins. Quotes inside of strings have a backslash before them, so no string holds such a key.
  private func place(behind key: StaticString) -> Int? {
    let (base, length) = (bytes.baseAddress!, key.utf8CodeUnitCount)
    var place = 0
    while let found = memchr(base + place, Int32(UInt8(ascii: "\"")), bytes.count - place) {
      place = base.distance(to: UnsafeRawPointer(found))
      if place + length > bytes.count { return nil }
      if memcmp(base + place, key.utf8Start, length) == 0 { return place + length }
      place += 1
    }
    return nil
  }
}
