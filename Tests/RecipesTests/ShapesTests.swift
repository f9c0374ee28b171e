import Clips
import Fields
import Testing

@testable import Recipes

/// `data.shapes`: what is read of it, and what is refused.
@Suite struct ShapesTests {
  /// The smallest recipe with a list of shapes.
  private func with(_ shapes: String, _ more: String = "") -> String {
    changed("\"frameRate\": 8", "\"frameRate\": 8, \"shapes\": [\(shapes)]\(more)")
  }

  private func complaint(_ shapes: String, _ overrides: String...) -> [String] {
    do {
      _ = try Recipe.parse(with(shapes), name: "r.json", overrides: overrides)
      return []
    } catch { return (error as? RecipeErrors)?.problems.map(\.message) ?? ["\(error)"] }
  }

  @Test func withoutAListThereIsTheOneShape() throws {
    let recipe = try Recipe.parse(smallest, name: "r")
    let shape = ClipShape(frames: 8, height: 32, width: 32, frameRate: 8)
    #expect(recipe.data.shapes == [] && recipe.data.shapeChoice == .share && recipe.data.allShapes == [shape])
    #expect(recipe.batchShapes == [BatchShape(shape, clips: 8, tokens: 2048)])
  }

  @Test func clipsOfABatchAreThoseOfAsManyTokens() throws {
    let text = with(
      """
      {"frames": 8, "share": 0.7}, {"frames": 1, "share": 0.2}, {"frames": 16, "height": 64, "width": 128},
      {"frames": 1, "height": 64, "clips": 3}
      """, ", \"shapeChoice\": \"clip\"")
    let recipe = try Recipe.parse(
      text, name: "r", overrides: ["training.batchSize=5", "training.gradientAccumulation=2"])
    func shape(_ frames: Int, _ height: Int, _ width: Int) -> ClipShape {
      ClipShape(frames: frames, height: height, width: width, frameRate: 8)
    }
    #expect(
      recipe.batchShapes == [
        BatchShape(shape(8, 32, 32), clips: 10, tokens: 2048, share: 0.7),
        BatchShape(shape(1, 32, 32), clips: 80, tokens: 256, share: 0.2),
        BatchShape(shape(16, 64, 128), clips: 2, tokens: 32768),
        BatchShape(shape(1, 64, 32), clips: 6, tokens: 512),
      ])
    #expect(recipe.data.shapeChoice == .clip)
    #expect(recipe.data.clipShape == shape(8, 32, 32))
    // What is resolved reads as the same, and a list can be changed in its parts.
    #expect(try Recipe.parse(recipe.resolvedJSON(), name: "again") == recipe)
    let other = try Recipe.parse(text, name: "r", overrides: ["data.shapes[1].share=0.5"])
    #expect(other.batchShapes[1].share == 0.5)
    #expect(other.differences(from: recipe).contains { $0.hasPrefix("data.shapes: [") })
  }

  @Test func wrongListsAreNamedByTheirPlace() {
    #expect(
      complaint("{\"height\": 32}").first?.hasPrefix("data.shapes[0].frames: is missing; add \"frames\"")
        == true)
    #expect(
      complaint("{\"frames\": 8}, {\"frames\": 0}").first?.hasPrefix(
        "data.shapes[1].frames: must be an integer") == true)
    #expect(
      complaint("{\"frames\": 8, \"heigth\": 32}")
        == ["unknown key data.shapes[0].heigth, did you mean data.shapes[0].height?"])
    #expect(complaint("8").first?.contains("data.shapes[0]: must be an object") == true)
    #expect(
      complaint("{\"frames\": 8}", "data.shapes=3") == [
        "data.shapes: must be a list of up to 16 objects, but is 3"
      ])
    #expect(
      complaint("{\"frames\": 8}, {\"frames\": 8, \"share\": 0.2}") == [
        "data.shapes[1].frames: 8x32x32 is in the list already; keep one of the two and give it their share"
      ])
  }

  @Test func thePatchMustDivideEachShape() {
    #expect(
      complaint("{\"frames\": 8}, {\"frames\": 9, \"width\": 33}", "model.patch=[2,2,2]") == [
        "data.shapes[1].frames: 9 is no multiple of the 2 frames of a patch (model.patch); 8 or 10 would fit",
        "data.shapes[1].width: 33 is no multiple of the 2 columns of a patch (model.patch); 32 or 34 would fit",
      ])
    let long = complaint("{\"frames\": 1024, \"height\": 128, \"width\": 128}")
    #expect(long.count == 1 && long[0].contains("make 4194304 tokens a clip, more than 1000000"), "\(long)")
    let many = complaint("{\"frames\": 1}", "training.batchSize=4096", "data.frames=64")
    #expect(
      many.count == 1
        && many[0].contains(
          "262144 clips of 1x32x32 would make a step, more than 65536; give the shape fewer \"clips\""),
      "\(many)")
  }

  @Test func shapesAreNotPacked() {
    #expect(
      complaint("{\"frames\": 8}", "data.packed=P") == [
        "data.packed: a pack holds clips of one shape, and data.shapes asks for several; leave data.packed out and train from "
          + "the files, or leave data.shapes out"
      ])
  }

  @Test func boxesOfResizedCropsAreHeldAgainstTheLargestShape() {
    let said = complaint(
      "{\"frames\": 1, \"height\": 64, \"width\": 64}", "data.crop=resized", "data.limits.maxPixels=10000")
    #expect(said.count == 1 && said[0].contains("the least box, scaled to 64×64, would make"), "\(said)")
  }

  @Test(arguments: ["maskedAutoencoder", "jointEmbedding", "classification"])
  func kindsThatAreMadeForOneShapeRefuseThem(kind: String) {
    let said = complaint("{\"frames\": 8}", "task.kind=\(kind)")
    #expect(
      said.contains(
        "data.shapes: a model of kind \"\(kind)\" is made for clips of one shape, data.frames × data.height × data.width; "
          + "leave the key out"), "\(said)")
  }

  @Test func fineTuningGoesByTheOneShape() throws {
    let recipe = try Recipe.parse(with("{\"frames\": 8}, {\"frames\": 1}"), name: "r")
    let text = recipe.finetuning(
      FinetuneSettings(
        from: "base", method: .full, data: "new", clips: 4, validation: nil, remember: nil, captions: []))
    #expect(try Recipe.parse(text, name: "new").data.shapes.isEmpty)
  }

  @Test func theReferenceHasTheKeysOfAShape() {
    let page = Recipe.reference()
    #expect(page.contains("| `data.shapes` | a list of up to 16 objects | `[]` |"))
    #expect(page.contains("## data.shapes[i]\n"))
    #expect(
      page.contains("| `data.shapes[i].height` | an integer from 4 to") && page.contains("| data.height |"))
  }
}
