import Fields
import Models

extension TokenPooling {
  /// Declares `pooling` and `depth`; `section` is `head`.
  init(_ section: Section) {
    let kind = section.choice(
      "pooling", default: "mean", among: ["mean", "attentive"],
      "How the tokens of a clip become one vector: their mean, or a learned query that looks at them (the attentive "
        + "pooler of V-JEPA 2).")
    let depth = section.integer(
      "depth", 0...12, default: 3, "Blocks of the attentive pooler before the query; the mean has none.")
    self = kind == "mean" ? .mean : .attentive(depth: depth)
  }

  /// The beginnings of the names of its parameters.
  var names: [String] { self == .mean ? ["fc_norm"] : ["pooler"] }
}
