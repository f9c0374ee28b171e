import Glibc
import Isolation
import TestPrograms
import Testing

@testable import Checkpoints

/// A checkpoint that is read in a process of its own gives what it gives in this one.
struct IsolatedCheckpointTests {
  init() { IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") } }

  @Test(arguments: [true, false]) func holdsTheSame(isSealed: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.h5"
    let bytes = try fileBytes(sample())
    // Other programs write no seal before the file.
    _ = try folder.file("a.h5", isSealed ? bytes : Array(bytes.dropFirst(CheckpointSeal.byteCount)))
    let (here, there) = (try CheckpointFile.read(path), try CheckpointFile.read(path, isolate: true))
    #expect(there.attributes == here.attributes && there.warnings == here.warnings)
    #expect(there.warnings.isEmpty == isSealed)
    #expect(there.groupNames == here.groupNames)
    for group in here.groupNames {
      #expect(there.names(in: group) == here.names(in: group))
      for name in here.names(in: group) {
        #expect(there.shape(name, in: group) == here.shape(name, in: group))
        #expect(try there.tensor(name, in: group).values == here.tensor(name, in: group).values)
      }
    }
    #expect(throws: CheckpointError.self) { try there.tensor("x", in: "average") }
  }

  @Test func damageIsToldAlike() throws {
    let folder = try TemporaryFolder()
    let whole = try fileBytes(sample())
    for place in stride(from: 0, to: whole.count, by: whole.count / 40) {
      var bytes = whole
      bytes[place] ^= 0x10
      let path = try folder.file("a.h5", bytes)
      let errors = [false, true].map { isolate in
        #expect(throws: CheckpointError.self) { try CheckpointFile.read(path, isolate: isolate) }?.description
      }
      #expect(errors[0] == errors[1])
    }
    #expect(throws: CheckpointError.self) { try CheckpointFile.read(folder.path, isolate: true) }
    #expect(throws: CheckpointError.self) { try CheckpointFile.read(folder.path + "/none.h5", isolate: true) }
  }

  @Test func aCrashIsDamage() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.h5", fileBytes(sample()))
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let size = try fileBytes(sample()).count
    let contents = try IsolatedCheckpoint(file, byteCount: size, path: path)
    kill(contents.process.identifier, SIGABRT)
    let error = #expect(throws: CheckpointError.self) {
      try LoadedCheckpoint(path: path, contents).tensor("scale_shift_table", in: "average")
    }
    #expect(error?.description.contains("the process that read it crashed (signal 6, Aborted)") == true)
  }
}
