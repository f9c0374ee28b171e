import Foundation

extension IndexLine {
  /// What is wrong with a line, in words.
  struct Fault: Error, Equatable {
    var reason: String
  }

  private static let shotsAreRead = CodingUserInfoKey(rawValue: "shots")!

  /// A decoder of lines, with their shots or without.
  static func decoder(shots: Bool) -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.userInfo[shotsAreRead] = shots
    return decoder
  }

  /// Reads all keys, but `shots` only where the decoder says so.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    path = try keys.decode(String.self, forKey: .path)
    bytes = try keys.decode(Int.self, forKey: .bytes)
    sha256 = try keys.decode(String.self, forKey: .sha256)
    codec = try keys.decodeIfPresent(String.self, forKey: .codec)
    pixelFormat = try keys.decodeIfPresent(String.self, forKey: .pixelFormat)
    width = try keys.decodeIfPresent(Int.self, forKey: .width)
    height = try keys.decodeIfPresent(Int.self, forKey: .height)
    frames = try keys.decodeIfPresent(Int.self, forKey: .frames)
    frameRate = try keys.decodeIfPresent(Double.self, forKey: .frameRate)
    duration = try keys.decodeIfPresent(Double.self, forKey: .duration)
    rotation = try keys.decodeIfPresent(Int.self, forKey: .rotation)
    verdict = try keys.decode(Verdict.self, forKey: .verdict)
    reason = try keys.decodeIfPresent(String.self, forKey: .reason)
    let wanted = decoder.userInfo[IndexLine.shotsAreRead] as? Bool ?? true
    shots = wanted ? try keys.decodeIfPresent([Shot].self, forKey: .shots) : nil
  }

  /// Reads a line, with its line end or without.
  init(parsing text: Data, with decoder: JSONDecoder) throws(Fault) {
    do {
      self = try decoder.decode(IndexLine.self, from: text)
    } catch {
      throw Fault(reason: IndexLine.sentence(for: error))
    }
    guard !path.isEmpty else { throw Fault(reason: "the path is empty") }
    guard bytes >= 0 else { throw Fault(reason: "bytes is \(bytes), not a size") }
    guard verdict == .unreadable && sha256.isEmpty || IndexLine.isDigest(sha256) else {
      throw Fault(reason: "sha256 is \"\(sha256)\", not 64 hexadecimal digits")
    }
  }

  /// The line as it stands in the file, line end included; the same line gives the same bytes.
  func text() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and finite numbers alone: nothing that JSON cannot say.
    let data = (try? encoder.encode(self)) ?? Data()
    return [UInt8](data) + [UInt8(ascii: "\n")]
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func sentence(for error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty:
      "it is not a JSON object"
    case DecodingError.typeMismatch(let type, let context),
      DecodingError.valueNotFound(let type, let context):
      "\(words(for: context.codingPath)) must be \(words(for: type))"
    case DecodingError.dataCorrupted(let context) where context.codingPath.last?.stringValue == "verdict":
      "verdict is not good, damaged or unreadable"
    case DecodingError.dataCorrupted(let context):
      "it cannot be understood: "
        + ((context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
          ?? context.debugDescription)
    default: "it cannot be understood: \(error)"
    }
  }

  private static func words(for path: [any CodingKey]) -> String {
    path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }

  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type, is Verdict.Type: "a text"
    default: "a list or an object of its own form"
    }
  }
}
