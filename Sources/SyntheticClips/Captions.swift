import Tensors

/// Words scenes the way people might: several sentence forms, verbs and directions, the size sometimes left out.
///
/// No wording names a property that the scene does not have: "from right to left" is not used, since it says "right"
/// of a motion to the left.
public enum Captions {
  /// A caption of a scene.
  public static func caption(of scene: Scene, using stream: inout RandomStream) -> String {
    let ground = groundNames(scene.ground.kind)
    let name = stream.pick(ground)
    let first = scene.objects[0]
    let rest =
      scene.objects.dropFirst().map { object in
        " \(stream.pick(["and", "while"])) \(noun(object, &stream)) \(action(object, &stream))"
      }.joined() + camera(scene.camera.kind, &stream)
    let (subject, bare) = (noun(first, &stream), noun(first, withArticle: false, &stream))
    let act = action(first, &stream)
    let caption =
      switch stream.below(8) {
      case 0: "\(subject) \(act)\(rest) over \(article(name)) background"
      case 1: "\(subject) \(act)\(rest) on \(article(name)) background"
      case 2: "\(subject) \(act)\(rest) across \(article(name)) ground"
      case 3: "the \(bare) \(act)\(rest) on \(groundPhrase(name))"
      case 4: "on \(article(name)) background, \(subject) \(act)\(rest)"
      case 5: "over \(article(name)) ground, \(subject) \(act)\(rest)"
      case 6: "\(bare) that \(act)\(rest), \(name) background"
      default: "a clip of \(subject) that \(act)\(rest) in front of \(article(name)) wall"
      }
    return caption
  }

  /// "a small red circle"; the size is left out now and then, and always where the size changes.
  private static func noun(
    _ object: SceneObject, withArticle: Bool = true, _ stream: inout RandomStream
  ) -> String {
    let what = object.combination
    let isSized = what.motion != .growing && what.motion != .shrinking && stream.uniform() < 0.7
    let words = "\(isSized ? object.size.rawValue + " " : "")\(what.colour.rawValue) \(what.shape.rawValue)"
    return withArticle ? article(words) : words
  }

  /// "glides to the left".
  private static func action(_ object: SceneObject, _ stream: inout RandomStream) -> String {
    let motion = object.combination.motion
    switch motion {
    case .circling: return stream.pick(["moves in a circle", "goes round in a circle", "circles around"])
    case .bouncing: return stream.pick(["bounces", "bounces up and down", "jumps up and down"])
    case .growing: return stream.pick(["grows", "gets bigger", "becomes larger"])
    case .shrinking: return stream.pick(["shrinks", "gets smaller", "becomes smaller"])
    case .spinning: return stream.pick(["spins", "rotates", "turns round", "spins in place"])
    default:
      let verb = stream.pick(["moves", "moves", "slides", "slides", "glides", "drifts", "travels", "floats"])
      return "\(verb) \(stream.pick(directions(motion)))"
    }
  }

  private static func directions(_ motion: Motion) -> [String] {
    switch motion {
    case .left: ["left", "to the left"]
    case .right: ["right", "to the right"]
    case .up: ["up", "upward", "upwards"]
    case .down: ["down", "downward", "downwards"]
    case .upLeft: ["up and to the left", "diagonally up to the left", "toward the upper left"]
    case .upRight: ["up and to the right", "diagonally up to the right", "toward the upper right"]
    case .downLeft: ["down and to the left", "diagonally down to the left", "toward the lower left"]
    case .downRight: ["down and to the right", "diagonally down to the right", "toward the lower right"]
    default: preconditionFailure("\(motion) has no direction")
    }
  }

  private static func groundNames(_ kind: GroundKind) -> [String] {
    switch kind {
    case .black, .gray, .white: [kind.rawValue]
    case .gradient: ["gradient", "shaded"]
    case .stripes: ["striped"]
    case .checks: ["checked", "checkered"]
    }
  }

  /// Plain grounds can stand alone: "on black".
  private static func groundPhrase(_ name: String) -> String {
    GroundKind(rawValue: name)?.plainTone == nil ? "\(article(name)) background" : name
  }

  private static func camera(_ kind: CameraKind, _ stream: inout RandomStream) -> String {
    let act: String
    switch kind {
    case .still: return ""
    case .panLeft: act = "pans left"
    case .panRight: act = "pans right"
    case .panUp: act = stream.pick(["pans up", "tilts up"])
    case .panDown: act = stream.pick(["pans down", "tilts down"])
    case .zoomIn: act = "zooms in"
    case .zoomOut: act = "zooms out"
    }
    return " \(stream.pick(["while", "as"])) the camera \(act)"
  }

  private static func article(_ words: String) -> String {
    ("aeiou".contains(words.prefix(1)) ? "an " : "a ") + words
  }
}
