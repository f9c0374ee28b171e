import Foundation

/// Programs that are built beside the tests.
public enum TestProgram {
  /// The folder in which they lie. The tests are a program of it; run by another program, their path is an argument.
  public static let folder: String = {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    for path in CommandLine.arguments + [own] {
      var folder = (path as NSString).deletingLastPathComponent
      for _ in 0..<4 {
        if FileManager.default.isExecutableFile(atPath: folder + "/isolation-probe") { return folder }
        folder = (folder as NSString).deletingLastPathComponent
      }
    }
    preconditionFailure("the programs are not beside the tests")
  }()

  /// The path of a program or library.
  public static func path(_ name: String) -> String { folder + "/" + name }
}
