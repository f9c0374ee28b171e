import Foundation
import TestPrograms
import Testing

@testable import Isolation

/// What a process can do that is locked in: answer, and read what it is handed.
struct SandboxTests {
  static let refused: [Trial] = [
    .openFile("/etc/passwd"), .openFile("/proc/self/mem"), .createFile("/tmp/vfm-escape"),
    .findFile("/etc/passwd"),
    .socket(AF_UNIX), .socket(AF_INET), .socket(AF_INET6), .socket(AF_NETLINK), .process("/bin/true"),
    .thread, .code,
    .writableCode, .signal(getppid()), .signal(0), .killItself, .moreMemory,
  ]

  @Test(arguments: refused)
  func refuses(_ trial: Trial) throws {
    let process = try IsolatedProcess.probe()
    #expect(try process.attempt(trial).code == EPERM, "\(trial)")
    // It serves on.
    #expect(try process.attempt(.echo("ü")).text == "ü")
  }

  @Test func readsWhatItIsHanded() throws {
    let path = NSTemporaryDirectory() + "vfm-handed-" + UUID().uuidString
    try Data("xyz".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let process = try IsolatedProcess.probe()
    try process.send(Trial.read, descriptor: file)
    #expect(try process.call(within: 10, TrialResult.self) == TrialResult(code: 0, text: "x"))
  }

  @Test func takesNoMoreMemoryThanItMay() throws {
    let process = try IsolatedProcess.probe(megabytes: 256)
    #expect(try process.attempt(.memory(64)).code == 0)
    #expect(try process.attempt(.memory(300)).code == ENOMEM)
  }

  @Test func nothingElseIsOpen() throws {
    let process = try IsolatedProcess.probe()
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.identifier)/fd")
    #expect(open.compactMap { Int($0) }.sorted() == [0, 1, 2, 3])
    let environment = try String(contentsOfFile: "/proc/\(process.identifier)/environ", encoding: .utf8)
    #expect(!environment.contains("HOME="))
  }

  @Test(arguments: [
    (Trial.crash, "the process that read it crashed (signal 11, Segmentation fault)"),
    (.leave, "the process that read it ended by itself, with 3"),
    (.hang, "the process that read it did not answer in time and was ended"),
  ])
  func whatEndsItIsToldAsAReason(_ trial: Trial, _ words: String) throws {
    let process = try IsolatedProcess.probe()
    try process.send(trial)
    let failure = #expect(throws: IsolatedProcess.Failure.self) {
      try process.call(within: trial == .hang ? 0.2 : 10, TrialResult.self)
    }
    #expect(failure?.reason == words)
    #expect(throws: IsolatedProcess.Failure.self) { try process.attempt(.echo("")) }
    #expect(kill(process.identifier, 0) != 0, "it is still there")
  }

  @Test func endsWithTheProcessThatStartedIt() throws {
    let identifier = try { try IsolatedProcess.probe().identifier }()
    #expect(kill(identifier, 0) != 0)
  }

  /// Whatever it is doing then.
  @Test func endsWhenItsSocketIsClosed() throws {
    let process = try IsolatedProcess.probe()
    try process.send(Trial.hang)
    process.closeSocketForTests()
    var waited = 0
    while waited < 10_000,
      (try? String(contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8))?.contains(") Z ")
        == false
    {
      usleep(1000)
      waited += 1
    }
    #expect(waited < 10_000)
  }

  @Test func aProgramThatCannotServeIsToldOf() throws {
    let error = #expect(throws: IsolationError.self) {
      try IsolatedProcess(.trials, memory: 1 << 28, program: "/bin/true")
    }
    #expect(
      error?.description.contains("ended by itself, with 0; leave out --isolate") == true, "\(error as Any)")
    let missing = #expect(throws: IsolationError.self) {
      try IsolatedProcess(.trials, memory: 1 << 28, program: "/nowhere")
    }
    #expect(missing?.description.contains("No such file or directory") == true)
  }

  @Test func anIdleProcessThatDiedIsNotTakenAgain() throws {
    let process = try IsolatedProcess.probe(megabytes: 333)
    let identifier = process.identifier
    process.giveBack()
    kill(identifier, SIGKILL)
    // All of its threads, the last of which closes its socket; it is not reaped, so its number is not given again.
    var ended = siginfo_t()
    while waitid(P_PID, id_t(identifier), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
    let next = try IsolatedProcess.take(
      .trials, memory: 333 << 20, program: TestProgram.path("isolation-probe"))
    #expect(next.identifier != identifier)
    #expect(try next.attempt(.echo("x")).text == "x")
  }
}

extension IsolatedProcess {
  static func probe(megabytes: Int = 256) throws -> IsolatedProcess {
    try IsolatedProcess(.trials, memory: megabytes << 20, program: TestProgram.path("isolation-probe"))
  }

  /// As when the program that started it ends.
  func closeSocketForTests() { shutdown(channel.socket, Int32(SHUT_RDWR)) }

  func attempt(_ trial: Trial) throws -> TrialResult {
    try send(trial)
    return try call(within: 10, TrialResult.self)
  }
}
