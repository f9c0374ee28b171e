import Foundation
import TestPrograms
import Testing

/// Files that commands write: whole or not at all, and never in the place of what is no file.
@Suite(.serialized) struct OutputTests {
  private func sample(
    _ bench: Workbench, _ checkpoint: String, _ output: String, _ more: [String] = [], limit: Int? = nil
  )
    throws -> CommandResult
  {
    try vfm(
      ["vfm-sample", "--checkpoint", checkpoint, "--prompt", "a", "--steps", "1", "--output", output] + more,
      limit: limit)
  }

  /// A disk that is full costs the new file, not the one that is there.
  @Test(arguments: ["mp4", "gif", "mkv", "webm", "png"]) func aFullDiskLeavesWhatIsThere(ending: String)
    throws
  {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let path = bench.path + "/clip.\(ending)"
    #expect(try sample(bench, checkpoint, path, ["--seed", "1"]).code == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(!before.isEmpty)
    let full = try sample(bench, checkpoint, path, ["--seed", "2"], limit: 0)
    #expect(full.code == 74, "\(full.code): \(full.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.path)
    #expect(!left.contains { $0.hasSuffix(".partial") }, "\(left)")
  }

  @Test func onlyFilesAreReplaced() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let pipe = bench.path + "/pipe.mp4"
    #expect(mkfifo(pipe, 0o600) == 0)
    let toPipe = try sample(bench, checkpoint, pipe)
    #expect(toPipe.code == 73 && toPipe.errors.contains("is a device or a pipe"), "\(toPipe.errors)")
    // A file where a folder is wanted is told before anything is sampled.
    let file = try sample(bench, checkpoint, bench.recipe + "/")
    #expect(file.code == 73 && file.errors.contains("recipe.json is not a folder"), "\(file.errors)")
    #expect(!file.errors.contains("sampling"))
    // A link that lies where the unfinished file goes is not followed.
    try bench.write("precious", to: "precious.txt")
    for ending in ["png", "mp4"] {
      let path = bench.path + "/x.\(ending)"
      try FileManager.default.createSymbolicLink(
        atPath: path + ".partial", withDestinationPath: bench.path + "/precious.txt")
      let linked = try sample(bench, checkpoint, path)
      #expect(linked.code == 0, "\(linked.errors)")
      #expect(try String(contentsOfFile: bench.path + "/precious.txt", encoding: .utf8) == "precious")
      #expect(
        try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular)
    }
  }

  @Test func sizesThatDoNotFitInMemoryAreRefused() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    for size in [
      ["--frames", "1000000000"], ["--frames", "4000000000000000000"],
      ["--height", "8000000", "--width", "8000000"],
    ] {
      let result = try sample(bench, checkpoint, bench.path + "/x.mp4", size)
      #expect(
        result.code == 64 && result.errors.contains("more memory"), "\(size): \(result.code) \(result.errors)"
      )
    }
    let large = try sample(
      bench, checkpoint, bench.path + "/x.mp4", ["--height", "4096", "--width", "4096", "--frames", "64"])
    #expect(large.code == 64 && large.errors.contains("of memory, and this machine has"), "\(large.errors)")
  }

  /// A name that is no UTF-8 would be written elsewhere.
  @Test func argumentsThatAreNoTextAreRefused() throws {
    let bench = try Workbench()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "exec \"$0\" inspect $'\(bench.path)/\\xff.h5' 2>&1", TestProgram.path("vfm-train"),
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 64 && text.contains("is not UTF-8"), "\(text)")
  }
}
