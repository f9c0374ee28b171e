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
  lock = nil
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
