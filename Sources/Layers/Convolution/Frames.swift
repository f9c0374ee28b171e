import Tensors

// Frames of clips [B, F, H, W, C]: taken out, put behind each other, doubled.

extension Tensor {
  /// Some of the frames, as a copy.
  package func frames(_ range: Range<Int>) -> Tensor {
    let (frames, size) = (shape[1], count / max(1, shape[0] * shape[1]))
    let part = Tensor([shape[0], range.count] + shape[2...])
    parallel(over: shape[0] * range.count, tile: 1) { tile in
      for index in tile {
        let (clip, frame) = (index / range.count, index % range.count + range.lowerBound)
        (part.pointer + index * size).update(from: pointer + (clip * frames + frame) * size, count: size)
      }
    }
    return part
  }

  /// The frames of two tensors, one after the other.
  func followed(by next: Tensor) -> Tensor {
    let whole = Tensor([shape[0], shape[1] + next.shape[1]] + shape[2...])
    whole.setFrames(from: 0, to: self)
    whole.setFrames(from: shape[1], to: next)
    return whole
  }

  /// Overwrites frames from `first` on.
  func setFrames(from first: Int, to part: Tensor) {
    let (frames, size) = (shape[1], count / max(1, shape[0] * shape[1]))
    let taken = part.shape[1]
    parallel(over: shape[0] * taken, tile: 1) { tile in
      for index in tile {
        let (clip, frame) = (index / taken, index % taken + first)
        (pointer + (clip * frames + frame) * size)
          .update(from: part.pointer + index * size, count: size)
      }
    }
  }
}
