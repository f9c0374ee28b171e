import Objectives
import Testing

@testable import Tasks

struct AugmentationSectionTests {
  private func read(_ text: String) throws -> (value: AugmentationSection?, complaints: [String]) {
    try declared(text) { $0.section("augmentation", "x", AugmentationSection.init) }
  }

  private func section(_ keys: String) throws -> AugmentationSection {
    let (value, complaints) = try read("{\"augmentation\": \(keys)}")
    #expect(complaints == [])
    return value!
  }

  private let classes = ClassList(["down", "left", "right", "up"])

  @Test func nothingIsDoneByDefault() throws {
    let augmentation = try section("{}").augmentation(classes)
    #expect(augmentation == Augmentation(targets: ClassTargets(classes: 4)))
  }

  @Test func allOfItIsRead() throws {
    let section = try section(
      """
      {"flip": 0.5, "mirroredClasses": [["left", "right"], ["up"]], "erase": 0.25, "eraseWith": "mean", "mixup": 0.8,
       "cutmix": 1, "labelSmoothing": 0.1}
      """)
    #expect(
      try section.augmentation(classes, means: [1, 2, 3], deviations: [4, 5, 6])
        == Augmentation(
          mirroring: Mirroring(probability: 0.5, mirrored: [nil, 2, 1, 3]),
          erasing: RandomErasing(
            probability: 0.25, filling: .mean, means: [1, 2, 3], deviations: [4, 5, 6]),
          mixing: ClipMixing(mixup: 0.8, cutmix: 1), targets: ClassTargets(classes: 4, smoothing: 0.1)))
  }

  @Test func aStarStandsForAllOthers() throws {
    let section = try section(#"{"flip": 1, "mirroredClasses": [["*"], ["left", "right"]]}"#)
    #expect(try section.augmentation(classes).mirroring?.mirrored == [0, 2, 1, 3])
  }

  @Test func unknownClassesAreNamed() throws {
    let section = try section(#"{"flip": 1, "mirroredClasses": [["left", "rihgt"], ["somersault"]]}"#)
    let error = #expect(throws: ClassesError.self) { try section.augmentation(classes) }
    #expect(
      error?.description
        == "augmentation.mirroredClasses: no training clip is of the classes \"rihgt\" (did you mean \"right\"?), "
        + "\"somersault\"; mend or remove them.")
  }

  @Test(arguments: [
    (
      #"{"flip": 0.5}"#,
      "augmentation.flip: no class is in augmentation.mirroredClasses, so nothing would be mirrored; list pairs that "
        + "become each other and classes that stay what they are, [[\"*\"]] if mirroring changes the class of none"
    ),
    (
      #"{"mirroredClasses": [["a", "b"], ["b"]]}"#,
      "augmentation.mirroredClasses: \"b\" is listed twice; a class becomes one class when it is mirrored"
    ),
    (
      #"{"mirroredClasses": [["a", "*"]]}"#,
      "augmentation.mirroredClasses: \"*\" stands alone, for all classes that are not named and stay what they are"
    ),
    (
      #"{"mirroredClasses": ["a", "b"]}"#,
      "augmentation.mirroredClasses[0]: must be a list of up to 2 values, each a string that is not empty, but is "
        + "the string \"a\""
    ),
    (
      #"{"labelSmoothing": 1}"#,
      "augmentation.labelSmoothing: must be a number at least 0 and below 1, but is 1"
    ),
  ])
  func whatIsWrongIsSaid(keys: String, message: String) throws {
    let complaints = try read("{\"augmentation\": \(keys)}").complaints
    #expect(complaints.contains { $0.hasSuffix(message) }, "\(complaints)")
  }

  @Test func labelsComeFromTheManifestsLabel() throws {
    let read = { (text: String) in try declared(text) { $0.section("labels", "x", LabelsSection.init) } }
    #expect(try read("{}").value?.source == .label)
    #expect(try read(#"{"labels": {"from": "motion"}}"#).value?.source == .attribute("motion"))
    #expect(
      try read(#"{"labels": {"from": ""}}"#).complaints.first?.hasSuffix(
        "labels.from: must be a string that is not empty, but is the string \"\"") == true)
  }
}
