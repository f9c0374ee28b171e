import Tensors

/// Which parameters training leaves as they are, and how these are kept.
public struct Freezing: Sendable, Equatable {
  /// Names of parameters, or of scopes, which stand for all parameters in them: "text_encoder", "transformer.blocks.0".
  public let prefixes: [String]
  /// How frozen values are kept; what is trained is always float32.
  public let precision: Precision

  /// Freezes the parameters under some prefixes.
  public init(_ prefixes: [String], precision: Precision = .float32) {
    self.prefixes = prefixes
    self.precision = precision
  }

  /// All parameters are trained.
  public static let nothing = Freezing([])

  /// Whether a parameter is frozen.
  public func holds(_ name: String) -> Bool { prefixes.contains { Self.isPrefix($0, of: name) } }

  /// Whether a prefix stands for a parameter: it is the name, or all of it up to one of its dots.
  public static func isPrefix(_ prefix: String, of name: String) -> Bool {
    name == prefix || name.hasPrefix(prefix + ".")
  }
}
