import Foundation
import Testing

@testable import Video

/// What `ClipFile.root` and the look before opening keep out.
@Suite struct RootTests {
  /// A root with a clip in it, and a clip beside it.
  private func folder() throws -> (Scratch, root: String) {
    let scratch = try Scratch()
    for name in ["root", "root/deep", "rootless"] {
      try FileManager.default.createDirectory(atPath: scratch.path(name), withIntermediateDirectories: true)
    }
    for name in ["root/in.mp4", "out.mp4", "rootless/near.mp4"] {
      try Numbered.write(to: scratch.path(name), ticks: [1])
    }
    return (scratch, scratch.path("root"))
  }

  private func refusal(_ path: String, root: String?) -> String? {
    do {
      _ = try ClipBytes(ClipFile(path: path, root: root))
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func letsIn() throws {
    let (scratch, root) = try folder()
    symlink(root + "/in.mp4", root + "/deep/link.mp4")
    symlink(root, scratch.path("alias"))
    for path in ["/in.mp4", "/deep/../in.mp4", "/deep/link.mp4"] {
      #expect(refusal(root + path, root: root) == nil)
      #expect(refusal(scratch.path("alias") + path, root: root) == nil)
      #expect(refusal(root + path, root: scratch.path("alias")) == nil)
    }
    #expect(refusal(scratch.path("out.mp4"), root: "/") == nil)
  }

  @Test func keepsOut() throws {
    let (scratch, root) = try folder()
    symlink(scratch.path("out.mp4"), root + "/absolute.mp4")
    symlink("../out.mp4", root + "/relative.mp4")
    symlink("absolute.mp4", root + "/second.mp4")
    symlink("..", root + "/up")
    symlink("/", root + "/all")
    let names = [
      "/../out.mp4", "/deep/../../out.mp4", "/absolute.mp4", "/relative.mp4", "/second.mp4", "/up/out.mp4",
      "/all" + scratch.path("out.mp4"), "/../rootless/near.mp4",
    ]
    for path in names.map({ root + $0 }) + [scratch.path("out.mp4")] {
      #expect(
        refusal(path, root: root)
          == "it leads out of \(root), the folder that the clips must lie in (data.root)")
    }
  }

  @Test func keepsOutWhatIsNoFile() throws {
    let (scratch, root) = try folder()
    defer { withExtendedLifetime(scratch) {} }
    mkfifo(root + "/pipe.mp4", 0o644)
    symlink("/dev/zero", root + "/device.mp4")
    symlink("loop.mp4", root + "/loop.mp4")
    symlink("/proc/self/mem", root + "/memory.mp4")
    for path in ["/pipe.mp4", "/device.mp4", "/deep"] {
      #expect(refusal(root + path, root: nil) == "it is not a regular file")
      #expect(refusal(root + path, root: root) == "it is not a regular file")
    }
    #expect(refusal(root + "/loop.mp4", root: nil) == "Too many levels of symbolic links")
    #expect(refusal(root + "/memory.mp4", root: root)?.contains("leads out of") == true)
    #expect(refusal(root + "/none.mp4", root: root) == "No such file or directory")
    #expect(refusal(root + "/in.mp4", root: root + "/none") == "No such file or directory")
  }

  @Test func keepsWithinTheMember() throws {
    let (scratch, root) = try folder()
    defer { withExtendedLifetime(scratch) {} }
    let size = try ClipBytes(ClipFile(path: root + "/in.mp4")).count
    for (offset, count) in [(0, size + 1), (size + 1, 0), (-1, 5), (5, -1), (Int.max, Int.max), (1, Int.max)]
    {
      let member = ClipFile.Member(name: "a", offset: offset, count: count)
      let error = #expect(throws: VideoError.self) {
        _ = try ClipBytes(ClipFile(path: root + "/in.mp4", member: member))
      }
      #expect(error?.reason == "the file ends before this member of it does")
    }
    let member = ClipFile.Member(name: "a", offset: 4, count: 4)
    let bytes = try ClipBytes(ClipFile(path: root + "/in.mp4", member: member))
    var read = [UInt8](repeating: 0, count: 100)
    #expect(read.withUnsafeMutableBytes { bytes.read(at: 0, into: $0) } == 4)
    #expect(Array(read.prefix(4)) == Array("ftyp".utf8))
    #expect(read.withUnsafeMutableBytes { bytes.read(at: 4, into: $0) } == 0)
  }
}
