import Tensors

/// A tensor that training changes, or leaves frozen: a window into the flat buffers of its store.
public struct Parameter: Sendable {
  let store: ParameterStore
  let index: Int

  /// Name, shape and place.
  public var entry: ParameterStore.Entry { store.entries[index] }
  /// Its values, as float32: those of a frozen parameter in bfloat16 are widened anew each time, so ask once a pass.
  public var value: Tensor { store.values(of: entry).widened }
  /// Its values at a precision: converted anew each time, unless they are kept at it.
  public func value(at precision: Precision) -> Tensor { store.values(of: entry).converted(to: precision) }
  /// Its gradient, to be added to; a frozen parameter has none.
  public var gradient: Tensor? {
    entry.isFrozen ? nil : store.gradients.view(at: entry.offset, entry.shape)
  }
}
