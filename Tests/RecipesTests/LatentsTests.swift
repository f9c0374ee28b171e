import Clips
import Fields
import Testing

@testable import Recipes

/// The key `data.latents`, and what it does not go together with.
@Suite struct LatentsTests {
  private let latents = "data.latents=Latents"

  /// What is said of the key, beside that this kind of task has no autoencoder.
  private func said(_ overrides: String...) -> [String] {
    do {
      _ = try Recipe.parse(smallest, name: "r.json", overrides: [latents] + overrides)
      return []
    } catch {
      return (error as? RecipeErrors)?.problems.map(\.description).filter {
        !$0.contains("learns from pixels")
      } ?? ["\(error)"]
    }
  }

  @Test func aKindWithoutAnAutoencoderLearnsFromPixels() {
    let said = complaints(smallest, latents, "data.start=first")
    #expect(
      said == [
        "--set data.latents=Latents: data.latents: task.kind \"textToVideo\" learns from pixels here; leave data.latents out, "
          + "or give task.autoencoder where the kind has that key"
      ])
  }

  @Test func latentsAreOfTheFirstFramesAndTheMiddle() throws {
    #expect(said("data.start=first") == [])
    let start = said()
    #expect(start.count == 1 && start[0].contains("set data.start to \"first\""), "\(start)")
    let crop = said("data.start=first", "data.crop=random")
    #expect(crop.count == 1 && crop[0].contains("data.crop: latents are kept of the middle"), "\(crop)")
    #expect(crop[0].contains("set data.crop to \"center\""))
    let shapes = said("data.start=first", "data.shapes=[{\"frames\": 8}]")
    #expect(shapes.contains { $0.contains("data.shapes: latents are kept of one shape") }, "\(shapes)")
    let packed = said("data.start=first", "data.packed=Packed")
    #expect(packed.count == 1 && packed[0].contains("leave data.packed or data.latents out"), "\(packed)")

    let data = try Recipe.parse(smallest, name: "r.json", overrides: []).data
    #expect(data.latents == nil && data.latentFault?.key == "start")
  }
}
