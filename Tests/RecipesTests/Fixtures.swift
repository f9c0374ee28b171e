import Fields
import Foundation

@testable import Recipes
@testable import Tasks

/// The smallest recipe, a key a line.
let smallest = """
  {
    "data": {
      "train": "clips",
      "frames": 8,
      "height": 32,
      "width": 32,
      "frameRate": 8
    },
    "training": {"steps": 100}
  }
  """

/// What is said about a recipe, a line a problem; empty when it is good.
func complaints(_ text: String, _ overrides: String...) -> [String] {
  do {
    _ = try Recipe.parse(text, name: "r.json", overrides: overrides)
    return []
  } catch let errors as RecipeErrors {
    return errors.problems.map(\.description)
  } catch {
    return ["not a RecipeErrors: \(error)"]
  }
}

/// The smallest recipe with one piece of its text replaced.
func changed(_ old: String, _ new: String) -> String {
  precondition(smallest.contains(old), "the smallest recipe has no \(old)")
  return smallest.replacingOccurrences(of: old, with: new)
}

/// The smallest recipe with one more section before `training`.
func adding(_ section: String) -> String { changed("\"training\"", section + ",\n  \"training\"") }

extension Recipe {
  /// The task of a text-to-video recipe.
  var textToVideo: TextToVideoTask { task as! TextToVideoTask }
}

/// The folder of the package.
let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
