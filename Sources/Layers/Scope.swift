import Tensors

/// A place in the tree of parameter names: `scope("blocks")(3)("attn1").parameter("weight", …)`.
public struct Scope {
  let store: ParameterStore
  let path: String

  /// The place one name further down.
  public func callAsFunction(_ name: String) -> Scope {
    Scope(store: store, path: path.isEmpty ? name : "\(path).\(name)")
  }
  /// The place of a numbered child.
  public func callAsFunction(_ index: Int) -> Scope { self(String(index)) }

  /// Registers a parameter of this place.
  ///
  /// - Parameter decays: whether weight decay applies; by default to everything but vectors.
  public func parameter(
    _ name: String, _ shape: [Int], _ initial: InitialValue, decays: Bool? = nil
  ) -> Parameter {
    parameter(name, shape, initial, decays: decays, role: .weight)
  }

  /// The same for a parameter that a layer has beside its weights.
  func parameter(
    _ name: String, _ shape: [Int], _ initial: InitialValue, decays: Bool? = nil,
    role: ParameterStore.Entry.Role
  ) -> Parameter {
    store.register(self(name).path, shape, initial, decays: decays ?? (shape.count > 1), role: role)
  }

  /// The precision of the factors of products on this processor.
  public var computePrecision: Precision { store.policy.computePrecision.ofProducts }

  /// Whether any of the parameters registered so far in this place is trained. Where none is, no gradient is asked for.
  public var isTrained: Bool {
    store.entries.contains { !$0.isFrozen && (path.isEmpty || $0.name.hasPrefix(path + ".")) }
  }
}
