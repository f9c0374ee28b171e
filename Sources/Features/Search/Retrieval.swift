import Evaluation

/// How often clips of the same class are found: a clip is right at k if any of its k nearest others has its label.
public struct Retrieval: Sendable {
  /// The figures of a class.
  public struct Class: Sendable {
    /// Its label.
    public let name: String
    /// Its clips that are right, for each k.
    public let recall: [Proportion]
  }

  /// The numbers of nearest clips that are looked at.
  public static let counts = [1, 5, 10]

  /// Clips that are right, for each k.
  public let recall: [Proportion]
  /// The same by class, in the order of their labels.
  public let classes: [Class]
  /// Clips without a label, which are left out of the queries and of the gallery.
  public let unlabelled: Int
  /// Queries whose label no other clip has: they count as wrong.
  public let alone: Int

  /// Asks for all labelled clips.
  ///
  /// - Parameter gallery: the clips that are searched; nil for the others of the queries themselves.
  /// - Throws: `FeaturesError` when there are no labels, or the two cannot be compared.
  public init(_ queries: FeatureSet, gallery: FeatureSet? = nil) throws {
    try gallery.map(queries.requireSame)
    let searched = gallery ?? queries
    for set in [queries, searched] where !set.clips.contains(where: { $0.label != nil }) {
      throw FeaturesError.unfit(
        "No clip of \(set.paths.joined(separator: ", ")) has a label, so there is no right answer to count; name one clip "
          + "with --clip, or compute features of a manifest with labels.")
    }
    let asked = queries.clips.indices.filter { queries.clips[$0].label != nil }
    let found = NearestVectors(searched).nearest(to: queries, asked, count: Self.counts.max()!) {
      query, place in
      searched.clips[place].label == nil || gallery == nil && query == place
    }
    var rank: [String: [Int?]] = [:]
    for (query, matches) in zip(asked, found) {
      let label = queries.clips[query].label!
      rank[label, default: []].append(matches.firstIndex { searched.clips[$0.place].label == label })
    }
    func proportions(_ ranks: [Int?]) -> [Proportion] {
      Self.counts.map { k in
        Proportion(right: ranks.count { $0.map { $0 < k } ?? false }, judged: ranks.count)
      }
    }
    recall = proportions(rank.values.flatMap { $0 })
    classes = rank.keys.sorted().map { Class(name: $0, recall: proportions(rank[$0]!)) }
    unlabelled =
      queries.clips.count { $0.label == nil } + (gallery?.clips.count { $0.label == nil } ?? 0)
    let inGallery = searched.clips.reduce(into: [:]) { $0[$1.label ?? "", default: 0] += 1 }
    let least = gallery == nil ? 2 : 1
    alone = asked.count { inGallery[queries.clips[$0].label!, default: 0] < least }
  }
}
