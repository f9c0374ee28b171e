import ClipIndexing
import Manifests
import Video

/// Finds the spans that show what a kept one of another clip shows already.
public struct DuplicateSearch {
  /// In how many of 64 bits hashes may differ where no recipe says otherwise; its default is the same.
  public static let usualDistance = 4
  /// The most that any block of a near duplicate may differ, of full scale: coding and scaling stay below it.
  static let mostDifference = 0.035
  /// How many spans of near hashes are compared in pixels, the nearest first.
  static let mostCompared = 64

  private let limits: DecodeLimits
  private var finder: NearDuplicates
  private var clips: [String: Int] = [:]
  /// The places of the spans that were looked at, with their frames; nil for those that cannot be decoded.
  private var looks: [Int: SpanLook?] = [:]

  init(distance: Int, limits: DecodeLimits) {
    self.limits = limits
    finder = NearDuplicates(distance: distance)
  }

  /// The first kept span that this one repeats, by its place; remembers this one if there is none.
  /// - Throws: `MachineError` when frames cannot be compared.
  mutating func original(
    ofSpanAt place: Int, in spans: [CuratedSpan]
  ) throws -> NearDuplicates.Match? {
    guard let hash = spans[place].shot.flatMap({ PerceptualHash($0.hash) }) else { return nil }
    let clip = clips[spans[place].entry.name, default: clips.count]
    clips[spans[place].entry.name] = clip
    for match in finder.matches(hash, clip: clip).prefix(DuplicateSearch.mostCompared) {
      guard let own = try look(place, spans), let other = try look(match.shot, spans) else { continue }
      if own.difference(from: other) <= DuplicateSearch.mostDifference { return match }
    }
    finder.add(hash, shot: place, clip: clip)
    return nil
  }

  private mutating func look(_ place: Int, _ spans: [CuratedSpan]) throws -> SpanLook? {
    if let known = looks[place] { return known }
    let look = try SpanLook(spans[place], limits: limits)
    looks[place] = look
    return look
  }
}
