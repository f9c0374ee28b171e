import Foundation
import Testing

@testable import Checkpoints

/// What a save leaves that is killed before its last moment.
@Test(arguments: [1, 2]) func partsWithoutTheirCheckpointAreNothing(_ count: Int) throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  try saveTogether(3, step: 1, in: temporary.path)
  let before = temporary.names
  try saveTogether(3, step: 2, in: temporary.path)
  try FileManager.default.removeItem(atPath: temporary.path + "/step-00000002.h5")
  _ = try temporary.file("step-00000002.0123abcd.part-2-of-3.h5.partial", [1])
  _ = try temporary.file("step-00000002.0123abcd.part-2-of-3.txt", [1])
  #expect(temporary.names.count == before.count + 4)
  #expect(try folder.list().map(\.step) == [1])
  #expect(try folder.newest()?.step == 1)
  #expect(try folder.newest()?.warnings == [])

  try saveTogether(count, step: 3, in: temporary.path)
  #expect(Set(temporary.parts.compactMap { PartName($0)?.step }) == (count == 1 ? [1] : [1, 3]))
  #expect(Set(temporary.names).isSuperset(of: before))
  #expect(temporary.names.filter { $0.contains("0123abcd") } == ["step-00000002.0123abcd.part-2-of-3.txt"])
}

/// A save of the same step was killed: the parts that the checkpoint names stay, and the others go.
@Test func partsOfTheSameStepAreToldApart() throws {
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 1, in: temporary.path)
  let good = temporary.names
  let part = try Data(contentsOf: URL(fileURLWithPath: temporary.path + "/" + temporary.parts[0]))
  _ = try temporary.file("step-00000001.0123abcd.part-2-of-2.h5", Array(part))
  try CheckpointFolder(temporary.path).save(sample(step: 2), step: 2)
  #expect(temporary.names == (good + ["step-00000002.h5"]).sorted())

  // Beside a checkpoint of one file all are left over.
  _ = try temporary.file("step-00000002.0123abcd.part-2-of-2.h5", Array(part))
  try CheckpointFolder(temporary.path).save(sample(step: 3), step: 3)
  #expect(temporary.names == (good + ["step-00000002.h5", "step-00000003.h5"]).sorted())
}

/// Parts of a checkpoint whose first file is damaged stay as long as it does: it may be put there again.
@Test func partsOfADamagedCheckpointStay() throws {
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 1, in: temporary.path)
  let path = temporary.path + "/step-00000001.h5"
  let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  _ = try temporary.file("step-00000001.h5", Array(bytes.dropLast()))
  try CheckpointFolder(temporary.path).save(sample(step: 2), step: 2)
  #expect(temporary.names.count == 3)
  _ = try temporary.file("step-00000001.h5", bytes)
  #expect(try stateHash(of: CheckpointFile.read(path)) == stateHash(of: largerSample(step: 1)))
}

@Test func aBrokenPartDoesNotPushOutTheLastGoodOnes() throws {
  let temporary = try TemporaryFolder()
  for step in 1...2 { try saveTogether(2, step: step, in: temporary.path) }
  let folder = CheckpointFolder(temporary.path)
  try folder.save(sample(step: 3), step: 3)
  // All are known as good; then one changes.
  let part = try #require(temporary.parts.first { PartName($0)?.step == 2 })
  _ = try temporary.file(part, [1])
  try folder.save(sample(step: 4), step: 4)
  #expect(try folder.list().map(\.step) == [1, 2, 3, 4])
  try folder.save(sample(step: 5), step: 5)
  #expect(temporary.names == ["step-00000003.h5", "step-00000004.h5", "step-00000005.h5"])
}
