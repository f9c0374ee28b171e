import Foundation

/// A clip that one of several processes could make no sample of, as it tells the others.
public struct FoundBadClip: Codable, Sendable, Equatable {
  /// Its place in the manifest.
  let index: Int
  let clip: BadClip

  /// Some of them as a text.
  public static func text(of found: [FoundBadClip]) -> String {
    guard !found.isEmpty, let data = try? JSONEncoder().encode(found) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Those of a text.
  public static func list(_ text: String) -> [FoundBadClip] {
    (try? JSONDecoder().decode([FoundBadClip].self, from: Data(text.utf8))) ?? []
  }
}
