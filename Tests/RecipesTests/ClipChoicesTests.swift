import Clips
import Testing

@testable import Recipes

/// The keys of `data` that say how often clips are shown, and which part of them.
@Suite struct ClipChoicesTests {
  private func data(_ overrides: String...) throws -> DataSection {
    try Recipe.parse(smallest, name: "r.json", overrides: overrides).data
  }

  @Test func clipsAreCroppedInTheMiddleAndShownEquallyOften() throws {
    #expect(try data().crop == .centre && data().balance == .none)
    #expect(try data("data.crop=random").crop == .random)
  }

  @Test func resizedCropsHaveBounds() throws {
    #expect(
      try data("data.crop=resized").crop
        == .resized(ResizedCrop(scale: 0.3...1, ratio: 0.75...1.3333333333333333)))
    #expect(
      try data("data.crop=resized", "data.cropScale=[0.5,0.8]", "data.cropRatio=[1,1]").crop
        == .resized(ResizedCrop(scale: 0.5...0.8, ratio: 1...1)))
  }

  @Test func boundsAreInOrder() {
    #expect(
      complaints(smallest, "data.crop=resized", "data.cropScale=[0.8,0.5]") == [
        "--set data.cropScale=[0.8,0.5]: data.cropScale: 0.8 is greater than 0.5; give the least first"
      ])
    #expect(
      complaints(smallest, "data.cropRatio=[2,1]") == [
        "--set data.cropRatio=[2,1]: data.cropRatio: 2.0 is greater than 1.0; give the least first"
      ])
  }

  @Test func resizedCropsAreNotPacked() {
    let said = complaints(smallest, "data.crop=resized", "data.packed=Packed")
    #expect(
      said.count == 1 && said[0].contains("data.packed: a pack holds frames that are scaled"), "\(said)")
    #expect(said.first?.hasSuffix("leave data.packed out, or set data.crop to \"random\"") == true)
    #expect(complaints(smallest, "data.crop=random", "data.packed=Packed") == [])
  }

  @Test func theLeastBoxMustNotMakeAHugeFrame() {
    let said = complaints(smallest, "data.crop=resized", "data.limits.maxPixels=3000")
    #expect(
      said.count == 1 && said[0].contains("would make a frame of 3754 pixels, above the 3000"), "\(said)")
  }

  @Test func onlyClassesCanBeBalanced() {
    #expect(
      complaints(smallest, "data.balance=classes") == [
        "--set data.balance=classes: data.balance: a task of kind \"textToVideo\" knows no classes; leave the key out"
      ])
  }
}
