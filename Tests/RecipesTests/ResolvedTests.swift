import Fields
import Foundation
import Testing

@testable import Recipes

@Suite struct ResolvedTests {
  private let rich = adding(
    #""notes": ["one", "two"], "seed": 9007199254740993, "$schema": "x", "objective": {"times": {"shift": 3}}, "#
      + #""samples": {"prompts": ["é \"x\"", ""]}, "optimizer": {"epsilon": 1e-9, "betas": [0, 0.1]}"#)

  @Test func readsBackToAnEqualRecipe() throws {
    for text in [smallest, rich] {
      let recipe = try Recipe.parse(text, name: "r.json")
      let again = try Recipe.parse(recipe.resolvedJSON(), name: "resolved")
      #expect(again == recipe)
      #expect(again.resolvedJSON() == recipe.resolvedJSON())
    }
  }

  @Test func holdsEveryDefaultInTheOrderOfTheTable() throws {
    let recipe = try Recipe.parse(smallest, name: "r.json")
    var parser = JSONParser(Array(recipe.resolvedJSON().utf8)) { .file(offset: $0) }
    let json = try parser.document()
    func leaves(_ json: JSON, _ path: String) -> [String] {
      guard case .object(let members) = json.value, !members.isEmpty else { return [path] }
      return members.flatMap { leaves($0.value, path.appending(key: $0.key)) }
    }
    #expect(
      leaves(json, "")
        == Recipe.table(of: .textToVideo).leafPaths.filter {
          ![
            "$schema", "notes", "data.validation", "data.root", "data.index", "data.packed", "data.latents",
            "start.from", "task.autoencoder",
            "evaluation.remember", "evaluation.rememberRoot",
          ].contains($0)
        })
  }

  @Test func doesNotDependOnHowValuesAreWritten() throws {
    let first = try Recipe.parse(smallest, name: "r.json")
    let second = try Recipe.parse(
      changed("8\n", "8.0e0\n"), name: "r.json", overrides: ["data.frames=8.0", "seed=0"])
    #expect(first == second && first.resolvedJSON() == second.resolvedJSON())
  }

  @Test func listsDifferences() throws {
    let old = try Recipe.parse(smallest, name: "r.json")
    let new = try Recipe.parse(
      smallest, name: "r.json",
      overrides: [
        "model.width=192", "data.validation=held-out", "notes=new", "samples.prompts=[\"a\"]",
        "training.steps=200",
      ])
    #expect(
      new.differences(from: old) == [
        "data.validation: \"held-out\" (was absent)", "model.width: 192 (was 384)",
        "model.feedForward: 768 (was 1536)", "samples.prompts: [\"a\"] (was [])",
        "training.steps: 200 (was 100)",
      ])
    #expect(
      new.differences(from: old, ignoring: ["notes", "samples", "training.steps", "data.validation"]) == [
        "model.width: 192 (was 384)", "model.feedForward: 768 (was 1536)",
      ])
    #expect(old.differences(from: old) == [])
  }
}
