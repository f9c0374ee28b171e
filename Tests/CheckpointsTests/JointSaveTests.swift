import Files
import Foundation
import Isolation
import Synchronization
import TestPrograms
import Testing

@testable import Checkpoints

@Test(arguments: [1, 2, 3, 4, 40], [false, true])
func whatSeveralSaveIsReadAsOne(_ count: Int, isolate: Bool) throws {
  if isolate && count > 4 { return }  // as many processes
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let temporary = try TemporaryFolder()
  let path = temporary.path + "/step-00000500.h5"
  let results = saveTogether(count, step: 500) { _ in CheckpointFolder(temporary.path) }
  for result in results { #expect(try result.get() == .init(path: path, removed: [], warnings: [])) }

  let whole = largerSample(step: 500)
  let loaded = try CheckpointFile.read(path, isolate: isolate)
  #expect(loaded.attributes == whole.attributes)
  #expect(loaded.warnings.isEmpty)
  #expect(loaded.groupNames == whole.groups.keys.inByteOrder())
  for (group, tensors) in whole.groups {
    #expect(loaded.names(in: group) == tensors.map(\.name).inByteOrder())
    for tensor in tensors {
      let (shape, values) = try loaded.tensor(tensor.name, in: group)
      #expect(shape == tensor.shape)
      #expect(values.elementsEqual(tensor.values) { $0.bitPattern == $1.bitPattern }, "\(tensor.name)")
    }
  }
  #expect(try stateHash(of: loaded) == stateHash(of: whole))
  #expect(temporary.parts.count == count - 1)
  #expect(temporary.names.count == count)
}

@Test func oneAloneSavesTheBytesThatItAlwaysDid() throws {
  let temporary = try TemporaryFolder()
  _ = saveTogether(1, step: 5) { _ in CheckpointFolder(temporary.path) }
  let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: temporary.path + "/step-00000005.h5")))
  #expect(try bytes == fileBytes(largerSample(step: 5)))
  #expect(temporary.names == ["step-00000005.h5"])
}

@Test func partsAreNamedByNumberAndCount() throws {
  let temporary = try TemporaryFolder()
  try saveTogether(3, step: 5, in: temporary.path)
  let names = temporary.parts.compactMap(PartName.init)
  #expect(names.map(\.number) == [2, 3] && names.allSatisfy { $0.count == 3 && $0.step == 5 })
  #expect(Set(names.map(\.token)).count == 1)
  // The folder lists whole checkpoints alone.
  #expect(try CheckpointFolder(temporary.path).list().map(\.step) == [5])
}

@Test func attributesOfOtherRanksDoNotCount() throws {
  let temporary = try TemporaryFolder()
  let results = onRanks(2) { rank in
    var contents = share(of: largerSample(step: 1), rank.rank, of: 2)
    if rank.rank == 1 { contents.attributes = ["seed": .integer(9), "mine": .text("x")] }
    return try CheckpointFolder(temporary.path).save(contents, step: 1, together: rank)
  }
  let path = try results[0].get().path
  #expect(try CheckpointFile.read(path).attributes == largerSample(step: 1).attributes)
}

/// The file that has the checkpoint's name gets it when all parts have theirs, and an old one loses its name before its parts.
@Test func theCheckpointsNameComesLastAndGoesFirst() throws {
  let temporary = try TemporaryFolder()
  try saveTogether(3, step: 1, in: temporary.path)
  let (old, noted) = (temporary.parts, Noted())
  var disk = Disk.real
  disk.rename = { (from, to) throws(Disk.Failure) in
    noted.add("+", to)
    try Disk.real.rename(from, to)
  }
  disk.remove = { (path) throws(Disk.Failure) in
    noted.add("-", path)
    try Disk.real.remove(path)
  }
  let fixed = disk
  _ = saveTogether(3, step: 2, keep: 1) { _ in CheckpointFolder(temporary.path, disk: fixed) }
  let steps = noted.all
  #expect(steps.count == 6)
  #expect(Set(steps.prefix(2)) == ["+step-00000002.part-2-of-3.h5", "+step-00000002.part-3-of-3.h5"])
  #expect(steps[2...3] == ["+step-00000002.h5", "-step-00000001.h5"])
  #expect(Set(steps.suffix(2)) == ["-step-00000001.part-2-of-3.h5", "-step-00000001.part-3-of-3.h5"])
  #expect(Set(temporary.names).isDisjoint(with: old))
}

/// What happens to files, by their names without the token.
private final class Noted: Sendable {
  private let texts = Mutex<[String]>([])

  func add(_ kind: String, _ path: String) {
    let name = String(path.split(separator: "/").last ?? "")
    let token = PartName(name).map { ".\($0.token)" } ?? ""
    texts.withLock {
      $0.append(kind + (token.isEmpty ? name : name.replacingOccurrences(of: token, with: "")))
    }
  }
  var all: [String] { texts.withLock { $0 } }
}

/// By several, by one, by another number: a step is saved anew without what it was before.
@Test func aStepIsSavedAgain() throws {
  let temporary = try TemporaryFolder()
  for count in [3, 3, 1, 2] {
    let before = temporary.parts
    try saveTogether(count, step: 7, in: temporary.path)
    #expect(temporary.names.count == count)
    #expect(Set(temporary.parts).isDisjoint(with: before))
    let found = try #require(try CheckpointFolder(temporary.path).newest())
    #expect(try stateHash(of: found.checkpoint) == stateHash(of: largerSample(step: 7)))
  }
}

@Test func oldOnesGoWithTheirParts() throws {
  let temporary = try TemporaryFolder()
  let folder = CheckpointFolder(temporary.path)
  for step in 1...4 { try saveTogether(2, step: step, in: temporary.path) }
  #expect(temporary.names.count == 6)
  #expect(Set(temporary.parts.compactMap { PartName($0)?.step }) == [2, 3, 4])
  #expect(folder.removeBeyond(step: 2).isEmpty)
  #expect(temporary.names.count == 2 && temporary.parts.count == 1)
  try folder.save(sample(step: 9), step: 9, keep: 1)
  #expect(temporary.names == ["step-00000009.h5"])
}

@Test func partsThatCannotBeRemovedAreTold() throws {
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 1, in: temporary.path)
  let part = temporary.parts[0]
  var disk = Disk.real
  disk.remove = { (path) throws(Disk.Failure) in
    if path.hasSuffix(part) { throw Disk.Failure(call: "unlink", code: EIO) }
    try Disk.real.remove(path)
  }
  let saved = try CheckpointFolder(temporary.path, disk: disk).save(sample(step: 2), step: 2, keep: 1)
  #expect(
    saved.warnings == [
      "The part \(temporary.path)/\(part) of a removed checkpoint cannot be removed: unlink says \"Input/output error\"."
    ])
  try CheckpointFolder(temporary.path).save(sample(step: 3), step: 3, keep: 1)
  #expect(temporary.names == ["step-00000003.h5"])
}

/// Whoever gives floats twice or leaves some out has a mistake in the program, which ends before anything is written.
@Test func floatsGivenTwiceTrap() async {
  await #expect(processExitsWith: .failure) {
    let temporary = try TemporaryFolder()
    _ = onRanks(2) { try CheckpointFolder(temporary.path).save(sample(), step: 1, together: $0) }
  }
}

@Test func piecesOfOneProcessAloneTrap() async {
  await #expect(processExitsWith: .failure) {
    _ = try CheckpointFile.encode(share(of: largerSample(step: 1), 1, of: 2))
  }
}

@Test func aPieceOutsideItsTensorTraps() async {
  await #expect(processExitsWith: .failure) {
    _ = TensorRecord(name: "a", shape: [2, 2], piece: 3..<5, values: [1, 2])
  }
}

@Test func aPieceThatIsAllIsNone() {
  #expect(TensorRecord(name: "a", shape: [2, 2], piece: 0..<4, values: [1, 2, 3, 4]).piece == nil)
  #expect(TensorRecord(name: "a", shape: [0, 2], piece: 0..<0, values: []).piece == nil)
  #expect(TensorRecord(name: "a", shape: [2, 2], piece: 1..<3, values: [2, 3]).piece == 1..<3)
}
