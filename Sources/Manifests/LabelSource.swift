/// Where a manifest says which class a clip is of.
public enum LabelSource: Sendable, Equatable, CustomStringConvertible {
  /// In `label`.
  case label
  /// In the attribute of this name.
  case attribute(String)

  /// By its name in a recipe: "label", or the name of an attribute.
  public init(_ name: String) { self = name == "label" ? .label : .attribute(name) }

  /// "label", or the name of the attribute.
  public var description: String {
    switch self {
    case .label: "label"
    case .attribute(let name): name
    }
  }
}

extension ClipEntry {
  /// The class of the clip on one line, white space being single spaces; nil if it has none.
  public func label(from source: LabelSource) -> String? {
    switch source {
    case .label: label?.asLabel
    case .attribute(let name): attributes[name]?.asLabel
    }
  }
}

extension String {
  /// The text on one line, as names of classes are kept; nil if nothing is left of it.
  var asLabel: String? {
    let line = onOneLine
    return line.isEmpty ? nil : line
  }
}
