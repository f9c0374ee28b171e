import Fields
import Layers
import Objectives

extension MultiBlockMasks {
  /// Declares `blocks`, `areas` and `aspect`; `section` is `objective`.
  init(_ section: Section, grid: TokenGrid) {
    func numbers(_ key: String, _ kind: Fields.Kind, _ standard: [JSON], _ meaning: String) -> [JSON] {
      section.value(key, .list(of: kind, count: 1...8), .standard(JSON(.list(standard))), meaning).list
    }
    let blocks = numbers(
      "blocks", .integer(1...64), [8, 2].map { JSON(.integer($0)) },
      "Blocks that hide a part of the picture for all of the clip's time, for each kind of mask; a step learns from all "
        + "kinds."
    ).map(\.integer)
    let areas = numbers(
      "areas", .number(.above(0, below: 1)), [0.15, 0.7].map { JSON(.number($0)) },
      "Share of the picture that one block hides, for each kind of mask."
    ).map(\.number)
    let aspect = section.numbers(
      "aspect", .from(0.1, through: 10), default: [0.75, 1.5],
      "Least and greatest aspect of blocks, height by width; drawn anew for each kind and step.")
    section.expect(
      blocks.count == areas.count, of: "areas", "blocks",
      otherwise:
        "gives \(areas.count) \(areas.count == 1 ? "share" : "shares") for the \(blocks.count) kinds of mask "
        + "of objective.blocks; both lists have one number a kind")
    section.expect(
      aspect[0] <= aspect[1], of: "aspect",
      otherwise: "must begin with the smaller number, but is \(aspect[0]), \(aspect[1])")
    self.init(
      zip(blocks, areas).map { Kind(blocks: $0, area: $1) },
      aspect: min(aspect[0], aspect[1])...max(aspect[0], aspect[1]), grid: grid)
    if let useless = zip(kinds, counts).first(where: { $1.context == 0 })?.0 {
      let places = grid.height * grid.width
      section.reader.expect(
        places == 0, of: "objective.areas", "objective.blocks", "model.patch", "data.height", "data.width",
        otherwise:
          "\(useless.blocks) \(useless.blocks == 1 ? "block" : "blocks") of \(useless.area) always hide all of "
          + "the \(places) \(places == 1 ? "place" : "places") of a frame, so nothing is left to tell it from; take fewer "
          + "or smaller blocks, smaller patches (model.patch) or larger clips")
    }
  }
}
