import Fields
import Layers
import Objectives
import Tasks

extension MultiBlockMasks {
  /// Declares `blocks`, `areas`, `durations` and `aspect`; `section` is `objective`.
  init(_ section: Section, grid: TokenGrid) {
    func numbers(_ key: String, _ kind: Fields.Kind, _ standard: [JSON], _ meaning: String) -> [JSON] {
      section.value(key, .list(of: kind, count: 1...8), .standard(JSON(.list(standard))), meaning).list
    }
    let blocks = numbers(
      "blocks", .integer(1...64), [8, 2].map { JSON(.integer($0)) },
      "Blocks that hide a part of the picture, for each kind of mask; a step learns from all kinds."
    ).map(\.integer)
    let areas = numbers(
      "areas", .number(.above(0, through: 1)), [0.15, 0.7].map { JSON(.number($0)) },
      "Share of the picture that one block hides, for each kind of mask."
    ).map(\.number)
    let durations = section.value(
      "durations", .list(of: .number(.above(0, through: 1)), count: 1...8),
      .derived(JSON(.list(areas.map { _ in JSON(.number(1)) })), from: "1 for each kind"),
      "Share of the clip's time that one block hides, for each kind of mask; below 1 the block lies anywhere in time."
    ).list.map(\.number)
    let aspect = section.numbers(
      "aspect", .from(0.1, through: 10), default: [0.75, 1.5],
      "Least and greatest aspect of blocks, height by width; drawn anew for each kind and step.")
    section.expect(
      blocks.count == areas.count, of: "areas", "blocks",
      otherwise:
        "gives \(areas.count) \(areas.count == 1 ? "share" : "shares") for the \(blocks.count) kinds of mask "
        + "of objective.blocks; both lists have one number a kind")
    section.expect(
      durations.count == areas.count, of: "durations", "areas",
      otherwise:
        "gives \(durations.count) \(durations.count == 1 ? "duration" : "durations") for the \(areas.count) kinds of mask "
        + "of objective.areas; both lists have one number a kind")
    section.expect(
      aspect[0] <= aspect[1], of: "aspect",
      otherwise: "must begin with the smaller number, but is \(aspect[0]), \(aspect[1])")
    self.init(
      zip(zip(blocks, areas), durations).map { Kind(blocks: $0.0, area: $0.1, duration: $1) },
      aspect: min(aspect[0], aspect[1])...max(aspect[0], aspect[1]), grid: grid)
    if let useless = zip(kinds, counts).first(where: { $1.context == 0 })?.0 {
      let places = useless.duration < 1 ? grid.tokens : grid.height * grid.width
      let whole = useless.duration < 1 ? "clip" : "frame"
      section.reader.expect(
        // Without a grid, or with one that is too large, it is the patches that are complained of.
        places == 0 || grid.tokens > PatchSize.tokenLimit, of: "objective.areas", "objective.blocks",
        "objective.durations", "model.patch", "data.height", "data.width",
        otherwise:
          "\(useless.blocks) \(useless.blocks == 1 ? "block" : "blocks") of \(useless.area) always "
          + "\(useless.blocks == 1 ? "hides" : "hide") all of "
          + "the \(places) \(places == 1 ? "place" : "places") of a \(whole), so nothing is left to tell it from; take fewer "
          + "or smaller blocks, shorter durations, smaller patches (model.patch) or larger clips")
    }
  }
}
