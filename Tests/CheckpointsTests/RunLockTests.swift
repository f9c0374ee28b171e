import Foundation
import Testing

@testable import Checkpoints

@Test func oneRunHoldsAFolder() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/runs/one"
  var lock: RunLock? = try RunLock(path)
  #expect(lock?.path == path)
  let error = #expect(throws: CheckpointError.self) { try RunLock(path) }
  #expect(error?.kind == .cannotCreate)
  #expect(error?.description.contains("in use by another run (process \(getpid()) on ") == true)
  #expect(RunLock.holder(of: path)?.contains("process \(getpid()) on ") == true)
  lock = nil
  #expect(RunLock.holder(of: path) == nil && RunLock.holder(of: path + "/none") == nil)
  _ = try RunLock(path)
}

@Test func ofManyRacingRunsOneWins() async throws {
  let folder = try TemporaryFolder()
  let path = folder.path
  let locks = await withTaskGroup(of: RunLock?.self) { group in
    for _ in 0..<100 { group.addTask { try? RunLock(path) } }
    return await group.reduce(into: [RunLock?]()) { $0.append($1) }
  }
  #expect(locks.compactMap { $0 }.count == 1)
}

@Test func aFolderThatCannotBeMadeIsNamed() throws {
  let folder = try TemporaryFolder()
  let file = try folder.file("plain", [1])
  let error = #expect(throws: CheckpointError.self) { try RunLock(file + "/run") }
  #expect(error?.kind == .cannotCreate)
  #expect(error?.description.contains("Cannot create \(file)/run") == true, "\(String(describing: error))")
}

/// A lock whose file was removed by hand is taken again, unless another run was faster; then nothing is saved.
@Test func aLockThatIsLostIsNoticed() throws {
  let folder = try TemporaryFolder()
  let lock = try RunLock(folder.path)
  let checkpoints = CheckpointFolder(folder.path + "/checkpoints", lock: lock)
  try checkpoints.save(sample(step: 1), step: 1)
  try FileManager.default.removeItem(atPath: folder.path + "/run.lock")
  try checkpoints.save(sample(step: 2), step: 2)
  #expect(throws: CheckpointError.self) { try RunLock(folder.path) }
  try FileManager.default.removeItem(atPath: folder.path + "/run.lock")
  let other = try RunLock(folder.path)
  let error = #expect(throws: CheckpointError.self) { try checkpoints.save(sample(step: 3), step: 3) }
  #expect(error?.description.contains("in use by another run (process \(getpid())") == true, "\(error!)")
  #expect(try checkpoints.list().map(\.step) == [1, 2])
  withExtendedLifetime(other) {}
}
