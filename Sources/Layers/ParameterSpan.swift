import Tensors

/// The trained parameters of one place in the tree of names, a block's say, which lie side by side in the flat buffers.
///
/// A stack tells with it which gradients are complete while its backward goes on, so that ranks can send them meanwhile.
public struct ParameterSpan: Sendable {
  private let store: ParameterStore
  private let range: Range<Int>

  init(_ store: ParameterStore, _ range: Range<Int>) { (self.store, self.range) = (store, range) }

  /// Says that this pass adds no more to these parameters' gradients.
  public func gradientsAreComplete() {
    if !range.isEmpty { store.gradientsAreComplete(range) }
  }
}

extension Scope {
  /// The trained parameters that were registered in this place.
  public var span: ParameterSpan {
    let own = store.entries.filter { !$0.isFrozen && $0.name.hasPrefix(path + ".") }
    guard let first = own.first, let last = own.last else { return ParameterSpan(store, 0..<0) }
    let range = first.offset..<last.offset + last.count
    precondition(
      store.trainedEntries.count { range.contains($0.offset) } == own.count,
      "other parameters were registered among those of \(path)")
    return ParameterSpan(store, range)
  }
}

extension ParameterStore {
  /// Runs a way back after which others of the same pass follow, so that no gradient is complete yet.
  public func beforeOthers(_ backward: () -> Void) {
    let hear = onCompleteGradients
    onCompleteGradients = nil
    backward()
    onCompleteGradients = hear
  }

  func gradientsAreComplete(_ range: Range<Int>) { onCompleteGradients?(range) }
}
