import Manifests
import Testing

@testable import Tasks

struct ClassNotesTests {
  private func notes(_ train: [String], _ validation: [String?]? = nil) throws -> [String] {
    let train = manifest(train.map { $0 })
    return try ClassList(of: train, from: .label).notes(
      train: train, validation: validation.map { manifest($0, "validation.jsonl") }, from: .label)
  }

  @Test func nothingIsSaidOfGoodClips() throws {
    #expect(try notes(["a", "a", "b", "b"]) == [])
    #expect(try notes(["a", "a", "b", "b"], ["b", "a"]) == [])
    #expect(try notes(["1", "1", "2", "2", "3", "3"]) == [])
  }

  @Test func rareClasses() throws {
    #expect(
      try notes(["a", "b", "b", "c"], ["b"]) == [
        "2 of the 3 classes have one training clip alone: \"a\", \"c\"",
        "2 of the 3 classes have no held-out clip, so how well they are told is not measured: \"a\", \"c\"",
      ])
    #expect(
      try notes(["a", "b"]) == [
        "2 of the 2 classes have one training clip alone; is \"label\" a name of clips?: \"a\", \"b\""
      ])
    #expect(try notes(["a", "b", "b"]) == ["1 of the 2 classes has one training clip alone: \"a\""])
  }

  @Test func numbersWithGaps() throws {
    let few = ["0", "0", "20", "20", "3", "3"]
    #expect(
      try notes(few) == [
        "classes are kept by name, not by number: 3 numbers between 0 and 20, 18 missing: \"1\", \"2\", \"4\", \"5\", "
          + "\"6\" and 13 more"
      ])
    #expect(try notes(["-9223372036854775808", "9223372036854775807"].flatMap { [$0, $0] }) == [])
    #expect(try notes(["1", "01", "5"].flatMap { [$0, $0] }) == [])
    #expect(try notes(["1", "5", "x"].flatMap { [$0, $0] }) == [])
  }

  @Test func namesThatDifferInCase() throws {
    #expect(
      try notes(["Dog", "dog", "cat"].flatMap { [$0, $0] }) == [
        "\"Dog\", \"dog\" are different classes, though their names differ only in case"
      ])
  }

  @Test func heldOutClipsOfOtherClasses() {
    let error = #expect(throws: ClassesError.self) {
      try notes(["walk", "walk", "run", "run"], ["run", "Walk", "jump", "jump"])
    }
    #expect(
      error?.description
        == "validation.jsonl: 3 clips are of 2 classes that the training clips do not have (label): \"Walk\" (did you "
        + "mean \"walk\"?), \"jump\"; mend their names, take these clips out, or train on clips of those classes."
    )
    let single = #expect(throws: ClassesError.self) { try notes(["a", "a", "b", "b"], ["c"]) }
    #expect(
      single?.description.hasPrefix(
        "validation.jsonl: 1 clip is of a class that the training clips do not have (label): \"c\"") == true)
  }

  @Test func heldOutClipsWithoutLabels() {
    let error = #expect(throws: ClassesError.self) { try notes(["a", "a", "b", "b"], ["a", nil]) }
    #expect(
      error?.description
        == "validation.jsonl: 1 of the 2 clips has no label, so its class is not known: \"1.mp4\"; add it, or take "
        + "that clip out.")
  }
}
