import Foundation
import Isolation
import TestPrograms
import Testing

@testable import Checkpoints

/// Whatever is wrong with a part, the checkpoint before serves, and the warning says what it is.
@Test(
  arguments: [
    (
      "missing",
      "its part PART is not there, and a checkpoint in parts is copied with all of its files; use an"
    ),
    (
      "of another save",
      "its part PART is of another save, whose SHA-256 is not the one that it names; use an"
    ),
    ("unsealed", "its part PART has no seal; use an earlier checkpoint or copy this one again."),
    ("cut", "PART is damaged: it is cut off"),
    ("flipped", "PART is damaged: its content does not match its SHA-256 checksum"),
    ("empty", "PART is damaged: it is empty"),
    ("folder", "PART cannot be read: it is not a file"),
    ("huge", "step-00000002.h5 cannot be read: its "),
  ], [false, true])
func aBrokenPartFallsBackWithAWarning(_ damage: (kind: String, words: String), isolate: Bool) throws {
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let temporary = try TemporaryFolder()
  for step in 1...2 { try saveTogether(3, step: step, in: temporary.path) }
  let name = try #require(temporary.parts.first { PartName($0)?.step == 2 })
  let path = temporary.path + "/" + name
  var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  try FileManager.default.removeItem(atPath: path)
  switch damage.kind {
  case "missing": break
  case "of another save":
    let other = try #require(temporary.parts.first { PartName($0)?.step == 1 })
    try FileManager.default.copyItem(atPath: temporary.path + "/" + other, toPath: path)
  case "unsealed": _ = try temporary.file(name, Array(bytes.dropFirst(CheckpointSeal.byteCount)))
  case "cut": _ = try temporary.file(name, Array(bytes.dropLast(10)))
  case "flipped":
    bytes[bytes.count / 2] ^= 4
    _ = try temporary.file(name, bytes)
  case "folder": mkdir(path, 0o755)
  case "huge":
    _ = try temporary.file(name, bytes)
    truncate(path, 1 << 43)
  default: _ = try temporary.file(name, [])
  }
  let found = try #require(try CheckpointFolder(temporary.path, isolate: isolate).newest())
  #expect(found.step == 1)
  #expect(found.warnings.count == 1)
  let words = damage.words.replacingOccurrences(of: "PART", with: name)
  #expect(
    found.warnings[0].contains(words) && found.warnings[0].contains(temporary.path), "\(found.warnings)")
}

@Test(arguments: [false, true]) func aPartByItselfIsNoCheckpoint(isolate: Bool) throws {
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 500, in: temporary.path)
  let path = temporary.path + "/" + temporary.parts[0]
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path, isolate: isolate) }
  #expect(error?.kind == .unfitInput)
  #expect(
    error?.description
      == "The file \(path) is one part of a checkpoint; give step-00000500.h5, beside which all of its parts lie."
  )
  // Under the name of a checkpoint it is passed over.
  try FileManager.default.copyItem(atPath: path, toPath: temporary.path + "/step-00000501.h5")
  let found = try #require(try CheckpointFolder(temporary.path, isolate: isolate).newest())
  #expect(found.step == 500 && found.warnings[0].contains("step-00000501.h5 is one part of a checkpoint"))
}

/// A checkpoint moves with all its files, and its first file may be called otherwise.
@Test func aCheckpointInPartsIsReadElsewhere() throws {
  let (from, to) = (try TemporaryFolder(), try TemporaryFolder())
  try saveTogether(3, step: 1, in: from.path)
  for name in from.names {
    let target = name == "step-00000001.h5" ? "base.h5" : name
    try FileManager.default.moveItem(atPath: from.path + "/" + name, toPath: to.path + "/" + target)
  }
  let loaded = try CheckpointFile.read(to.path + "/base.h5")
  #expect(try stateHash(of: loaded) == stateHash(of: largerSample(step: 1)))
}

@Test func programsThatKnowNoPartsAreToBeUpdated() throws {
  #expect(FileRole.whole.version == 1)
  #expect(FileRole.first(parts: []).version == 2 && FileRole.part(of: "a.h5").version == 2)
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 1, in: temporary.path)
  for name in temporary.names {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: temporary.path + "/" + name))
    let plain = try TensorFile(try temporary.file("plain.h5", Array(bytes.dropFirst(512))))
    #expect(plain.attributes["checkpointFormat"] == .integer(2))
  }
}

@Test func onlyNamesOfPartsAreNamesOfParts() {
  let name = PartName(step: 123_456_789, token: "00ff00ff", number: 12, count: 128)
  #expect(name.text == "step-123456789.00ff00ff.part-12-of-128.h5")
  #expect(PartName(name.text) == name)
  for text in [
    "", "step-00000001.h5", "step-1.0123abcd.part-2-of-2.h5", "step-00000001.0123abcd.part-1-of-2.h5",
    "step-00000001.0123abcd.part-3-of-2.h5", "step-00000001.0123abcd.part-02-of-2.h5",
    "step-00000001.0123abcd.part-2-of-5000.h5", "step-00000001.0123ABCD.part-2-of-2.h5",
    "step-00000001.0123abc.part-2-of-2.h5", "step-00000001.0123abcd.part-2-of-2.h5.partial",
    "step-00000001.0123abcd.part--2-of-2.h5", "x/step-00000001.0123abcd.part-2-of-2.h5",
    "step-00000001.0123abcd.part-2-of-99999999999999999999.h5",
  ] {
    #expect(PartName(text) == nil, "\(text)")
  }
  for _ in 0..<100 {
    #expect(PartName(PartName(step: 0, token: PartName.newToken(), number: 2, count: 2).text) != nil)
  }
}
