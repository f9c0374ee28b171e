extension SceneJudge {
  /// A judge of clips whose attributes a manifest gives, also of a set with colours and shapes of its own: it chooses
  /// among the words of a level and whatever else the attributes name.
  /// - Parameters:
  ///   - attributes: those of the clips, by the manifest's names (`colour`, `shape`, `motion`, …); words that no clip of
  ///     the embedded set can have are left aside.
  ///   - level: nil for the simplest level that has all motions, grounds and cameras which the attributes name.
  public init(attributes: some Sequence<[String: String]>, level: Level? = nil) {
    let named = attributes.reduce(into: [String: Set<String>]()) { named, clip in
      for (name, word) in clip { named[Self.plain(name), default: []].insert(word) }
    }
    func words<Word: RawRepresentable<String> & CaseIterable & Hashable>(
      _ name: String, and own: [Word] = []
    ) -> [Word] {
      Word.allCases.filter { own.contains($0) || named[name]?.contains($0.rawValue) == true }
    }
    let level =
      level
      ?? Level.allCases.first {
        Set(words("motion")).isSubset(of: $0.motions) && Set(words("ground")).isSubset(of: $0.grounds)
          && Set(words("camera")).isSubset(of: $0.cameras)
      } ?? .hard
    self.init(
      colours: words("colour", and: level.colours), shapes: words("shape", and: level.shapes),
      motions: words("motion", and: level.motions))
  }

  /// Whether a judge can tell what a clip with these attributes shows: one object, named by shape and motion, over a plain
  /// ground, before a camera that stands still. Ground and camera that are not named are taken to be so.
  public static func canJudge(_ attributes: [String: String]) -> Bool {
    guard attributes["shape"] != nil, attributes["motion"] != nil, attributes["shape2"] == nil else {
      return false
    }
    let isPlain = attributes["ground"].flatMap(GroundKind.init).map { $0.plainTone != nil } ?? true
    let stands = attributes["camera"].flatMap(CameraKind.init).map { $0 == .still } ?? true
    return isPlain && stands
  }

  /// The name of an attribute without the number of the object: "colour2" is a colour.
  private static func plain(_ name: String) -> String {
    name.hasSuffix("2") ? String(name.dropLast()) : name
  }
}
