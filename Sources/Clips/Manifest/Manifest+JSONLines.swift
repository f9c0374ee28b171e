import Foundation

extension ManifestDraft {
  /// Reads one JSON object a line; blank lines are skipped.
  mutating func readJSONLines(_ bytes: UnsafeRawBufferPointer) {
    let decoder = JSONDecoder()
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      defer { position = end + 1 }
      line += 1
      let text = bytes[position..<end]
      // Spaces, tabs and the carriage return of a CRLF.
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        add(try decoder.decode(JSONRow.self, from: Data(text)).row, line: line)
      } catch {
        report(Self.sentence(for: error), line: line)
      }
    }
  }

  private static func sentence(for error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty:
      "it is not a JSON object"
    case DecodingError.typeMismatch(let type, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) must be \(words(for: type))"
    case DecodingError.dataCorrupted(let context):
      "it is not valid JSON" + (reason(context.underlyingError).map { " (\($0))" } ?? "")
    default: "it cannot be understood: \(error)"
    }
  }

  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is Double.Type: "a number of seconds"
    case is String.Type: "a text"
    default: "an object of texts"
    }
  }

  private static func reason(_ error: (any Error)?) -> String? {
    (error as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
  }
}

/// The keys of a JSON line.
private struct JSONRow: Decodable {
  let row: ManifestRow

  private enum Key: String, CodingKey { case path, caption, label, start, end, split, attributes }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    var row = ManifestRow()
    row.path = try keys.decodeIfPresent(String.self, forKey: .path)
    row.caption = try keys.decodeIfPresent(String.self, forKey: .caption)
    // Classes are often numbered: 3 is taken as "3".
    if let number = try? keys.decode(Int.self, forKey: .label) {
      row.label = String(number)
    } else {
      row.label = try keys.decodeIfPresent(String.self, forKey: .label)
    }
    row.start = try keys.decodeIfPresent(Double.self, forKey: .start)
    row.end = try keys.decodeIfPresent(Double.self, forKey: .end)
    row.split = try keys.decodeIfPresent(String.self, forKey: .split)
    row.attributes = try keys.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:]
    self.row = row
  }
}
