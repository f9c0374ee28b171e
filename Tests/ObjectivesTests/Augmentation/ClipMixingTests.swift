import Tensors
import Testing

@testable import Objectives

struct ClipMixingTests {
  private func draws(mixup: Double, cutmix: Double, height: Int = 20, width: Int = 30) -> [ClipMixing.Draw] {
    let mixing = ClipMixing(mixup: mixup, cutmix: cutmix)!
    return (0..<4000).map { mixing.draw(height: height, width: width, at: Position(seed: 1, step: $0)) }
  }

  @Test func withoutEitherThereIsNone() { #expect(ClipMixing(mixup: 0, cutmix: 0) == nil) }

  @Test func sharesFollowBeta() {
    let shares = draws(mixup: 0.8, cutmix: 0).map { Double($0.share) }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean - 0.5) < 0.02 && abs(variance - 1 / 10.4) < 0.005)
  }

  @Test func bothKindsAreAsLikely() {
    let cut = draws(mixup: 0.8, cutmix: 1).count { $0.box != nil }
    #expect(abs(Double(cut) / 4000 - 0.5) < 0.03)
    #expect(draws(mixup: 0, cutmix: 1).allSatisfy { $0.box != nil })
    #expect(draws(mixup: 1, cutmix: 0).allSatisfy { $0.box == nil })
  }

  @Test func theShareIsThatOfTheBox() {
    for draw in draws(mixup: 0, cutmix: 1) {
      let box = draw.box!
      #expect(box.top >= 0 && box.bottom <= 20 && box.left >= 0 && box.right <= 30)
      #expect(box.top <= box.bottom && box.left <= box.right)
      #expect(abs(draw.share - (1 - Float(box.area) / 600)) < 1e-6)
    }
  }

  @Test func eachPassDrawsByItsFirstClip() {
    let mixing = ClipMixing(mixup: 1, cutmix: 0)!
    let shares = [0, 4].map {
      mixing.draw(height: 4, width: 4, at: Position(seed: 1, step: 1, firstSample: $0)).share
    }
    #expect(shares[0] != shares[1])
  }

  @Test func clipsAreBlendedInPairs() {
    let clips = Tensor([0, 1, 10, 11, 20, 21], [3, 1, 1, 1, 2])
    ClipMixing.mix(clips, ClipMixing.Draw(share: 0.75, box: nil))
    #expect(clips.values == [5, 6, 10, 11, 15, 16])
  }

  @Test func boxesAreExchangedInPairs() {
    // Two clips of two frames of 2 × 3 pixels.
    let clips = Tensor((0..<24).map(Float.init), [2, 1, 2, 2, 3])
    ClipMixing.mix(
      clips, ClipMixing.Draw(share: 2 / 3, box: ClipBox(rows: 1..<2, columns: 1..<3)))
    #expect(
      clips.values == [
        0, 1, 2, 3, 16, 17, 6, 7, 8, 9, 22, 23, 12, 13, 14, 15, 4, 5, 18, 19, 20, 21, 10, 11,
      ])
  }

  @Test func oneClipStaysWhatItIs() {
    let clips = Tensor([1, 2], [1, 1, 1, 1, 2])
    ClipMixing.mix(clips, ClipMixing.Draw(share: 0.3, box: nil))
    #expect(clips.values == [1, 2])
  }
}
