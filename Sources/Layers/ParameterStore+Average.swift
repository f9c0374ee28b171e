import Tensors

/// The exponential average of the weights (EMA): one more flat buffer, which every optimizer has.
extension ParameterStore {
  /// The average of the trained values, flat as they are; the values themselves in a store that keeps none.
  public var average: Tensor { allocatedAverage ?? values }

  /// average ← average + (1 − decay) · (values − average). Does nothing in a store that keeps none.
  public func updateAverage(keeping decay: Double) {
    guard let average = allocatedAverage else { return }
    let (values, share) = (values, Float(1 - decay))
    parallel(over: bufferCount, tile: 16_384) { range in
      let (w, a) = (values.pointer + range.lowerBound, average.pointer + range.lowerBound)
      sweep(range.count) { i, c in
        let mean = load(a, i, c)
        store(mean + (load(w, i, c) - mean) * share, a, i, c)
      }
    }
  }

  /// Runs `body` with the average in place of the trained parameters' own values.
  public func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withValues(average, body)
  }
}
