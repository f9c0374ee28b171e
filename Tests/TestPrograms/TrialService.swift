import Foundation
import Isolation

/// Things that a program does which was taken over.
public enum Trial: Codable, Sendable, Hashable {
  case echo(String)
  case openFile(String), createFile(String), findFile(String)
  case socket(Int32)
  case process(String)
  case thread
  case code, writableCode
  case signal(Int32), killItself
  case moreMemory
  case crash, hang, leave
  /// Takes so many megabytes.
  case memory(Int)
  /// The first byte of the file that comes with this.
  case read
}

/// What came of it: an error number or 0, and what was read.
public struct TrialResult: Codable, Sendable, Equatable {
  /// The error number.
  public let code: Int32
  /// What was read.
  public let text: String

  /// A result to compare with.
  public init(code: Int32, text: String) { (self.code, self.text) = (code, text) }
}

extension IsolatedService {
  /// Trials of what an isolated process can do.
  public static let trials = IsolatedService(rawValue: "trials")
}

/// Tries things in an isolated process.
public enum TrialService {
  package static func serve(_ channel: MessageChannel) throws {
    while true {
      let head = try channel.receive()
      errno = 0
      let trial = try MessageChannel.decode(Trial.self, head.json)
      let (succeeds, text) = attempt(trial, head.descriptor)
      let code = errno
      if let descriptor = head.descriptor { close(descriptor) }
      try channel.send(TrialResult(code: succeeds ? 0 : code, text: text))
    }
  }

  private static func attempt(_ trial: Trial, _ descriptor: Int32?) -> (succeeds: Bool, text: String) {
    switch trial {
    case .echo(let text): return (true, text)
    case .openFile(let path): return (open(path, O_RDONLY) >= 0, "")
    case .createFile(let path): return (open(path, O_WRONLY | O_CREAT, 0o600) >= 0, "")
    case .findFile(let path):
      var status = stat()
      return (stat(path, &status) == 0, "")
    case .socket(let family): return (Foundation.socket(family, Int32(SOCK_STREAM.rawValue), 0) >= 0, "")
    case .process(let path):
      var (process, words, none) = (
        pid_t(), [strdup(path), nil], [UnsafeMutablePointer<CChar>?](arrayLiteral: nil)
      )
      errno = posix_spawn(&process, path, nil, nil, &words, &none)
      return (errno == 0, "")
    case .thread:
      var thread = pthread_t()
      errno = pthread_create(&thread, nil, { _ in nil }, nil)
      // The library tells of any refusal so.
      if errno == EAGAIN { errno = EPERM }
      return (errno == 0, "")
    case .code:
      let page = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return (page != MAP_FAILED, "")
    case .writableCode:
      let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return (mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0, "")
    case .killItself: return (raise(SIGKILL) == 0, "")
    case .signal(let process): return (kill(process, SIGTERM) == 0, "")
    case .moreMemory:
      var limit = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
      return (setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, "")
    case .crash:
      UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 1
      return (true, "")
    case .hang: while true {}
    case .leave: exit(3)
    case .memory(let megabytes):
      let size = megabytes << 20
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let memory, memory != MAP_FAILED else { return (false, "") }
      memset(memory, 1, size)
      munmap(memory, size)
      return (true, "")
    case .read:
      var byte: UInt8 = 0
      return (read(descriptor ?? -1, &byte, 1) == 1, String(UnicodeScalar(byte)))
    }
  }
}
