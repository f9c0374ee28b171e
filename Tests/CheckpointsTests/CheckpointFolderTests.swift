import Files
import Foundation
import HDF5
import Testing

@testable import Checkpoints

@Test func savesAreListedByStepAndTheNewestIsFound() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path + "/run")
  #expect(try folder.list().isEmpty)
  #expect(try folder.newest() == nil)
  for step in [5, 123_456_789, 40] { try folder.save(sample(step: step), step: step) }
  for name in ["step-5.h5", "step-000000x5.h5", "step-00000007.h5.bak", "notes.txt"] {
    _ = try temporary.file("run/" + name, [])
  }
  #expect(try folder.list().map(\.step) == [5, 40, 123_456_789])
  let found = try #require(try folder.newest())
  #expect(found.path == temporary.path + "/run/step-123456789.h5")
  #expect(found.checkpoint.attributes["step"] == .integer(123_456_789))
  #expect(found.warnings.isEmpty)
}

extension CheckpointFolder.Found: Equatable {
  /// For comparing with nil only.
  public static func == (a: Self, b: Self) -> Bool { a.path == b.path }
}

@Test(arguments: ["cut", "flipped", "empty"])
func aBrokenNewestFallsBackWithAWarning(_ damage: String) throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...2 { try folder.save(sample(step: step), step: step) }
  var bytes = try fileBytes(sample(step: 2))
  switch damage {
  case "cut": bytes.removeLast(100)
  case "flipped": bytes[2000] ^= 4
  default: bytes = []
  }
  let broken = try temporary.file("step-00000002.h5", bytes)
  let found = try #require(try folder.newest())
  #expect(found.step == 1)
  #expect(found.warnings.count == 1 && found.warnings[0].contains("The checkpoint \(broken) is damaged: "))
}

@Test func aRunDoesNotStartAnewOverBrokenCheckpoints() throws {
  let temporary = try TemporaryFolder()
  let path = try temporary.file("step-00000002.h5", [1, 2, 3])
  let error = #expect(throws: CheckpointError.self) { try CheckpointFolder(temporary.path).newest() }
  #expect(error?.kind == .unfitInput)
  #expect(error?.description.contains("\(path) is damaged: it is not an HDF5 file") == true)
}

@Test func thoseOfLaterStepsAreRemovedWhenAsked() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...4 { try folder.save(sample(step: step), step: step, keep: 4) }
  #expect(folder.removeBeyond(step: 2).isEmpty)
  #expect(try folder.list().map(\.step) == [1, 2])
  #expect(CheckpointFolder(temporary.path + "/none").removeBeyond(step: 0).isEmpty)
}

@Test func oldOnesGoAfterTheNewOneIsThere() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...3 { try folder.save(sample(step: step), step: step, keep: 3) }
  let saved = try folder.save(sample(step: 4), step: 4, keep: 2)
  #expect(saved.path == temporary.path + "/step-00000004.h5")
  #expect(saved.removed.map { $0.suffix(4) } == ["2.h5", "1.h5"])
  #expect(temporary.names == ["step-00000003.h5", "step-00000004.h5"])
}

@Test func brokenOnesDoNotPushOutTheLastGoodOne() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  try folder.save(sample(step: 1), step: 1)
  for step in 2...4 { _ = try temporary.file(CheckpointFolder.name(of: step), [1, 2, 3]) }
  try folder.save(sample(step: 5), step: 5, keep: 2)
  #expect(try folder.list().map(\.step) == [1, 2, 3, 4, 5])
  try folder.save(sample(step: 6), step: 6, keep: 2)
  #expect(try folder.list().map(\.step) == [5, 6])
}

@Test func leftoversOfKilledSavesAreRemoved() throws {
  let temporary = try TemporaryFolder()
  _ = try temporary.file("step-00000009.h5.partial", [1])
  _ = try temporary.file("mine.partial", [1])
  try CheckpointFolder(temporary.path).save(sample(step: 1), step: 1)
  #expect(temporary.names == ["mine.partial", "step-00000001.h5"])
}

@Test func anUnwritableFolderIsNamed() throws {
  let temporary = try TemporaryFolder()
  let file = try temporary.file("plain", [1])
  let folder = CheckpointFolder(file + "/run")
  let error = #expect(throws: CheckpointError.self) { try folder.save(sample(), step: 1) }
  #expect(error?.kind == .cannotCreate)
  #expect(error?.description.contains("\(file)/run: ") == true, "\(String(describing: error))")
}

/// Random saves, failing saves and damage: a save never leaves fewer good checkpoints than it should.
@Test(arguments: 1...3)
func pruningNeverCostsTheLastGoodOnes(_ keep: Int) throws {
  let temporary = try TemporaryFolder()
  var random = SeededGenerator(state: UInt64(keep))
  var folder = CheckpointFolder(temporary.path)
  let image = try fileBytes(sample())
  func good() throws -> Set<Int> {
    Set(try folder.list().filter { (try? CheckpointFile.read($0.path)) != nil }.map(\.step))
  }
  var step = 0
  for _ in 0..<400 {
    step += Int.random(in: 1...3, using: &random)
    let before = try good()
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      let saved = Int.random(in: max(1, step - 4)...step, using: &random)
      try folder.save(sample(step: saved), step: saved, keep: keep)
      let after = try good()
      #expect(after.contains(saved))
      #expect(after.count >= min(keep, before.union([saved]).count))
    case 5..<7:
      var failing = Disk.real
      failing.rename = { (_, _) throws(Disk.Failure) in throw Disk.Failure(call: "rename", code: EIO) }
      let broken = CheckpointFolder(temporary.path, disk: failing)
      #expect(throws: CheckpointError.self) { try broken.save(sample(step: step), step: step, keep: keep) }
      #expect(try good() == before)
    case 7..<9:
      guard let victim = try folder.list().randomElement(using: &random) else { continue }
      let length = Int.random(in: 0..<image.count, using: &random)
      _ = try temporary.file(CheckpointFolder.name(of: victim.step), Array(image.prefix(length)))
    default:
      folder = CheckpointFolder(temporary.path)
    }
  }
}

/// Whatever lies in the place of the newest, the one before serves, and the warning names what was passed over.
@Test(arguments: [
  "folder", "pipe", "link to itself", "zeros without end", "a terabyte of nothing", "forbidden",
])
func whateverCannotBeReadIsPassedOver(_ kind: String) throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  try folder.save(sample(step: 1), step: 1)
  let path = temporary.path + "/step-00000002.h5"
  switch kind {
  case "folder": mkdir(path, 0o755)
  case "pipe": mkfifo(path, 0o600)
  case "link to itself": symlink(path, path)
  case "zeros without end": symlink("/dev/zero", path)
  case "a terabyte of nothing":
    _ = try temporary.file("step-00000002.h5", try fileBytes(sample(step: 2)))
    truncate(path, 1 << 40)
  default:
    if geteuid() == 0 { return }  // who may read everything
    _ = try temporary.file("step-00000002.h5", try fileBytes(sample(step: 2)))
    chmod(path, 0)
  }
  let found = try #require(try folder.newest())
  #expect(found.step == 1)
  #expect(found.warnings.count == 1 && found.warnings[0].contains(path), "\(found.warnings)")
}

@Test func aNameThatIsNotOfItsContentIsPassedOver() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...3 { try folder.save(sample(step: step), step: step) }
  try FileManager.default.copyItem(
    atPath: temporary.path + "/step-00000001.h5", toPath: temporary.path + "/step-00099999.h5")
  let found = try #require(try folder.newest())
  #expect(found.step == 3)
  #expect(
    found.warnings[0].contains("step-00099999.h5 is not accepted: it is of step 1"), "\(found.warnings)")
  // It does not push out good ones, and stays for whoever put it there.
  try folder.save(sample(step: 4), step: 4, keep: 2)
  #expect(try folder.list().map(\.step) == [3, 4, 99_999])
}

@Test func oneThatDoesNotServeIsPassedOverIfAnotherDoes() throws {
  struct Foreign: Error, CustomStringConvertible { let description: String }
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...3 { try folder.save(sample(step: step), step: step) }
  let found = try folder.newest { found in
    if found.step > 1 { throw Foreign(description: "another run's") }
    return found
  }
  #expect(found?.step == 1)
  #expect(found?.warnings.count == 2)
  #expect(
    found?.warnings.first
      == "The checkpoint \(temporary.path)/step-00000003.h5 does not serve and is passed over: another run's")
  // If none serves, what the newest lacks is told.
  let error = #expect(throws: Foreign.self) {
    try folder.newest { found -> Int in throw Foreign(description: "\(found.step)") }
  }
  #expect(error?.description == "3")
}

@Test func theNewestWithAttributesAsWantedIsFound() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in [2, 4, 5, 6] {
    var contents = sample(step: step)
    if step == 5 { contents.attributes["saved_by_stop"] = .integer(1) }
    try folder.save(contents, step: step, keep: 9)
  }
  func isWanted(_ attributes: [String: Attribute]) -> Bool { attributes["saved_by_stop"] == nil }
  #expect(try folder.newest(before: 6, where: isWanted)?.step == 4)
  #expect(try folder.newest(before: 2, where: isWanted) == nil)
  #expect(folder.removeBeyond(step: 2, through: 5).isEmpty)
  #expect(try folder.list().map(\.step) == [2, 6])
}
