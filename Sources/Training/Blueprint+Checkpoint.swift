import Checkpoints
import Recipes
import Tensors

extension Blueprint {
  /// What a checkpoint records of what its model is built from.
  var attributes: [String: Attribute] {
    typealias Key = RunState.Key
    var attributes: [String: Attribute] = facts
    for (name, text) in recipe.task.conventions { attributes[name] = .text(text) }
    attributes[Key.seed] = .integer(recipe.seed)
    attributes[Key.recipe] = .text(recipe.resolvedJSON())
    attributes[Key.clips] = .text(clips)
    attributes[Key.arithmetic] = .integer(Parallel.arithmetic)
    attributes[Key.products] = .text(products)
    if let base {
      attributes[Key.basePath] = .text(base.path)
      attributes[Key.baseHash] = .text(base.weightsHash)
      attributes[Key.grownTables] = .text(
        base.grownTables.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "\n"))
    }
    return attributes
  }

  /// Whose sums a checkpoint's run was computed with, where they are not those of this program on this machine.
  public static func otherArithmetic(of checkpoint: LoadedCheckpoint) -> String? {
    typealias Key = RunState.Key
    if checkpoint.attributes[Key.arithmetic] != .integer(Parallel.arithmetic) {
      return "a version of this program that adds numbers in another order"
    }
    let products = try? Blueprint(checkpoint).products
    guard case .text(let recorded) = checkpoint.attributes[Key.products], let products, recorded != products
    else { return nil }
    return "the products of \(recorded), and here are those of \(products)"
  }

  /// Which library's products the model is made of, and which instructions they use here.
  var products: String { Self.products(of: recipe) }

  /// The same for a recipe.
  public static func products(of recipe: Recipe) -> String {
    recipe.training.computePrecision.ofProducts == .bfloat16
      ? "\(OpenBLAS.kernels), \(OneDNN.version) \(OneDNN.instructions)" : OpenBLAS.kernels
  }

  /// The blueprint of whole weights: nothing is frozen or adapted, and no base is needed.
  func merged() throws -> Blueprint {
    Blueprint(try recipe.withoutStart(), facts: facts, clips: clips, base: nil)
  }
}

extension Blueprint {
  /// The blueprint that a checkpoint records.
  public init(_ checkpoint: LoadedCheckpoint) throws {
    typealias Key = RunState.Key
    let recipe = try Recipe.parse(checkpoint.text(Key.recipe), name: "\(checkpoint.path) (its recipe)")
    let own = Set(Key.all).union(recipe.task.conventions.keys)
    var base: Base?
    if case .text(let path) = checkpoint.attributes[Key.basePath] {
      base = Base(
        path: path, weightsHash: try checkpoint.text(Key.baseHash),
        grownTables: try Self.rows(checkpoint.text(Key.grownTables), checkpoint))
    }
    self.init(
      recipe, facts: checkpoint.attributes.filter { !own.contains($0.key) },
      clips: try checkpoint.text(Key.clips), base: base)
  }

  /// "name rows", a line each.
  private static func rows(_ text: String, _ checkpoint: LoadedCheckpoint) throws -> [String: Int] {
    var rows: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let count = Int(parts[1]), count > 0 else {
        throw CheckpointError.refused(
          path: checkpoint.path, reason: "its attribute \(RunState.Key.grownTables) is not a list of tables")
      }
      rows[String(parts[0])] = count
    }
    return rows
  }
}
