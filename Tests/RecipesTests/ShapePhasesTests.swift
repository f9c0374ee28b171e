import Fields
import Testing

@testable import Recipes

/// `from` and `until` of `data.shapes[i]`.
@Suite struct ShapePhasesTests {
  private func parse(_ shapes: String, _ overrides: [String]) throws -> Recipe {
    try Recipe.parse(
      changed("\"frameRate\": 8", "\"frameRate\": 8, \"shapes\": [\(shapes)]"), name: "r.json",
      overrides: overrides)
  }

  private func complaint(_ shapes: String, steps: Int = 100, _ overrides: String...) -> [String] {
    do {
      _ = try parse(shapes, ["training.steps=\(steps)"] + overrides)
      return []
    } catch { return (error as? RecipeErrors)?.problems.map(\.message) ?? ["\(error)"] }
  }

  @Test func aShapeHasAllStepsUnlessItSaysOtherwise() throws {
    let recipe = try parse(
      #"{"frames": 1, "until": 30}, {"frames": 8, "from": 10}, {"frames": 16, "from": 50, "until": 60}"#,
      ["training.steps=100"])
    #expect(recipe.batchShapes.map(\.steps) == [0..<30, 10..<Int.max, 50..<60])
    #expect(zip(recipe.shapeShares, [0.2, 0.75, 0.05]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(try Recipe.parse(recipe.resolvedJSON(), name: "again") == recipe)
    let plain = try parse(#"{"frames": 1}, {"frames": 8}"#, [])
    #expect(plain.batchShapes.allSatisfy { $0.steps == 0..<Int.max })
    // A shape without an end has the steps of a longer run, too.
    let longer = try parse(#"{"frames": 1, "until": 30}, {"frames": 8, "from": 30}"#, ["training.steps=300"])
    #expect(longer.shapeShares == [0.1, 0.9])
  }

  @Test func stepsThatNoShapeHasAreNamed() {
    #expect(
      complaint(#"{"frames": 1, "from": 5, "until": 30}, {"frames": 8, "from": 40, "until": 99}"#) == [
        "data.shapes: no shape is learned in steps 0 to 4 and steps 30 to 39 and step 99 of the run's 100; let one begin "
          + "earlier (\"from\") or end later (\"until\", which may be left out)"
      ])
    // A run that is made longer, with shapes that end.
    let longer = complaint(#"{"frames": 1, "until": 100}"#, steps: 100, "training.steps=120")
    #expect(longer.count == 1 && longer[0].contains("no shape is learned in steps 100 to 119"), "\(longer)")
  }

  @Test func aShapeMustHaveSteps() {
    #expect(
      complaint(#"{"frames": 1}, {"frames": 8, "from": 30, "until": 30}"#) == [
        "data.shapes[1].from: the shape would begin with step 30 and end before step 30; give an earlier \"from\" or a later "
          + "\"until\""
      ])
    #expect(
      complaint(#"{"frames": 1}, {"frames": 8, "from": 100}"#) == [
        "data.shapes[1].from: the shape would begin with step 100, and the run has steps 0 to 99 (training.steps 100); let it "
          + "begin earlier, train more steps, or leave the shape out"
      ])
    #expect(
      complaint(#"{"frames": 1, "until": 101}"#) == [
        "data.shapes[0].until: the shape would end before step 101, beyond the run's last step, 99 (training.steps 100); leave "
          + "the key out for a shape that is learned to the run's end, or train more steps"
      ])
    #expect(complaint(#"{"frames": 1, "until": 100}"#) == [])
    #expect(
      complaint(#"{"frames": 1, "until": 0}"#).first?.hasPrefix("data.shapes[0].until: must be an integer")
        == true)
  }

  @Test func whereEachClipHasOneShapeTheKeysAreRefused() {
    let words =
      "where each clip has one shape (data.shapeChoice \"clip\"), clips of this one could be shown in a part of the run alone; "
      + "leave the key out, or set data.shapeChoice to \"share\""
    #expect(
      complaint(
        #"{"frames": 1, "until": 50}, {"frames": 8, "from": 3}"#, steps: 100, "data.shapeChoice=clip") == [
          "data.shapes[0].until: \(words)", "data.shapes[1].from: \(words)",
        ])
    #expect(
      complaint(#"{"frames": 1, "from": 0}, {"frames": 8}"#, steps: 100, "data.shapeChoice=clip") == [])
  }
}
