import Foundation
import Synchronization

/// What this process has in RAM, in bytes, as Linux counts.
public enum ProcessMemory {
  /// Now.
  public static var resident: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ")
    return pages.count > 1 ? (Int(pages[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// The most since `resetPeak`, or since the process began.
  public static var residentPeak: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss * 1024
  }

  /// The most since the process began.
  public static var residentPeakOfAll: Int { max(residentPeak, earlier.load(ordering: .relaxed)) }

  /// Lets the next peak be measured from what is there now. A system without this way to ask for it measures on.
  public static func resetPeak() {
    earlier.max(residentPeak, ordering: .relaxed)
    try? FileHandle(forWritingTo: URL(filePath: "/proc/self/clear_refs")).write(contentsOf: Data("5".utf8))
  }

  private static let earlier = Atomic<Int>(0)
}
