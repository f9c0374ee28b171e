import Checkpoints
import Manifests
import Testing

@testable import Tasks

struct ClassListTests {
  private func message(_ work: () throws -> Void) -> String? {
    #expect(throws: ClassesError.self) { try work() }?.description
  }

  @Test func classesAreInNaturalOrder() throws {
    let classes = try ClassList(
      of: manifest(["b10", "b9", "a", "10", "9", "b9", "B", "é", "b09"]), from: .label)
    #expect(classes.names == ["9", "10", "B", "a", "b09", "b9", "b10", "é"])
    #expect(classes.count == 8 && classes.number(of: "a") == 3 && classes.number(of: "c") == nil)
  }

  @Test(arguments: [
    ["", "0", "00", "1", "01", "2", "10", "99999999999999999999", "a", "a2", "a2b", "a10", "ab"],
    ["x1y2", "x1y10", "x01y11", "x2y1", "x18446744073709551616", "x18446744073709551617"],
  ])
  func theOrderIsTotal(names: [String]) {
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == names.sorted(by: NaturalOrder.precedes))
    for (i, a) in names.enumerated() {
      for (j, b) in names.enumerated() where names[i] != "01" && names[j] != "01" {
        #expect(NaturalOrder.precedes(a, b) == (i < j), "\(a) \(b)")
      }
    }
  }

  @Test func clipsHaveNumbers() throws {
    let clips = manifest(["b", "a", "b\n"], motions: ["left", "right", "left"])
    let labels = try ClassList(of: clips, from: .label)
    #expect(labels.names == ["a", "b"])
    #expect(try labels.numbers(of: clips, from: .label) == [1, 0, 1])
    #expect(labels.number(of: clips[2], from: .label) == 1)
    #expect(labels.number(of: clips[2], from: .attribute("motion")) == nil)
    #expect(try ClassList(of: clips, from: .attribute("motion")).names == ["left", "right"])
  }

  @Test func aCheckpointKeepsThem() throws {
    let classes = try ClassList(of: manifest(["walk the dog", "é", "日本"]), from: .label)
    #expect(classes.facts == ["classes": .text("walk the dog\né\n日本")])
    #expect(try ClassList(classes.facts) == classes)
    #expect(try ClassList(ofBase: classes.facts) == classes)
    #expect(try ClassList(ofBase: nil) == nil && ClassList(ofBase: ["vocabulary": .text("")]) == nil)
  }

  @Test(
    arguments: [
      .text(""), .text("a"), .text("a\n"), .text("a\n\nb"), .text("a\nb\na"), .text("a\r\nb"),
      .text("a\u{1b}\nb"),
      .integer(2),
    ] as [Attribute])
  func factsThatNoRunNotesAreRefused(fact: Attribute) {
    #expect(throws: TaskFactsError.senseless("classes")) { try ClassList(["classes": fact]) }
    #expect(throws: TaskFactsError.senseless("classes")) { try ClassList(ofBase: ["classes": fact]) }
  }

  @Test func aCheckpointWithoutThemIsOfAnotherKind() {
    #expect(throws: TaskFactsError.missing("classes")) { try ClassList([:]) }
  }

  @Test func theBasesOrderIsKeptForTheSameClasses() throws {
    let base = ClassList(["z", "a", "m"])
    let same = try ClassList(of: manifest(["a", "m", "z", "a"]), from: .label, base: base)
    #expect(same.names == ["z", "a", "m"] && same.isSame(as: base))
    for labels in [["a", "m"], ["a", "m", "z", "b"], ["a", "m", "Z"]] {
      let other = try ClassList(of: manifest(labels), from: .label, base: base)
      #expect(other.names == labels.sorted() && !other.isSame(as: base))
    }
    #expect(!base.isSame(as: nil))
  }

  @Test func clipsWithoutLabels() {
    #expect(
      message { _ = try ClassList(of: manifest([nil, " "]), from: .label) }
        == "train.jsonl: no clip has a label, so there are no classes to learn; give each clip one.")
    #expect(
      message { _ = try ClassList(of: manifest([nil, nil], motions: ["left", "up"]), from: .label) }
        == "train.jsonl: no clip has a label, so there are no classes to learn; give each clip one, or name in "
        + "labels.from what else they have: \"motion\".")
    #expect(
      message { _ = try ClassList(of: manifest(["a", "b"]), from: .attribute("motion")) }
        == "train.jsonl: no clip has an attribute \"motion\", so there are no classes to learn; give each clip one, or "
        + "name in labels.from what else they have: \"label\".")
    #expect(
      message { _ = try ClassList(of: manifest(["a", nil, "b"]), from: .label) }
        == "train.jsonl: 1 of the 3 clips has no label, so its class is not known: \"1.mp4\"; add it, or take that clip "
        + "out.")
    let many = [String?](repeating: nil, count: 7) + ["a"]
    #expect(
      message { _ = try ClassList(of: manifest(many), from: .label) }?.contains(
        "7 of the 8 clips have no label, so their class is not known: \"0.mp4\", \"1.mp4\", \"2.mp4\", \"3.mp4\", "
          + "\"4.mp4\" and 2 more; add it, or take those clips out.") == true)
  }

  @Test func oneClassIsNothingToTellApart() {
    #expect(
      message { _ = try ClassList(of: manifest(["a", "a"]), from: .label) }
        == "train.jsonl: all clips are of one class, \"a\", so there is nothing to tell apart; list clips of a second "
        + "class, or take the classes from elsewhere (labels.from is \"label\").")
  }

  @Test func controlCharactersAreShownAndRefused() {
    #expect(
      message { _ = try ClassList(of: manifest(["a", "b\u{1b}[31m"]), from: .label) }
        == "train.jsonl: the class \"b\\u{1b}[31m\" (label) has control characters; write it without.")
  }
}
