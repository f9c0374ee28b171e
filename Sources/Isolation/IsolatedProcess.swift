import Files
import Foundation
import Synchronization

/// A process of its own that is locked in, to which files are handed for reading.
///
/// It is this program, started anew to serve (`IsolatedServices.serveIfAsked`). One call at a time. After a failure it is of
/// no use any more.
package final class IsolatedProcess {
  /// Why it gave no answer, in words that go behind the name of what it was reading.
  package struct Failure: Error {
    package let reason: String
    /// Whether the machine is to blame: it ends processes when it is out of memory.
    package var isMachines = false
    /// Whether it did not answer in time.
    var isLate = false
  }

  let channel: MessageChannel
  private let process: pid_t
  private let service: IsolatedService
  private let memory: Int
  private var isBroken = false

  /// Starts a process and waits until it is locked in.
  /// - Parameter memory: bytes that it may take for its work.
  /// - Throws: `MachineError` when the machine is short of processes; `IsolationError` when it does not let one be locked in.
  init(_ service: IsolatedService, memory: Int, program: String) throws {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else {
      throw Self.trouble(errno)
    }
    (self.service, self.memory) = (service, memory)
    channel = MessageChannel(socket: ends[0], takesFiles: false)
    let arguments = [
      CommandLine.arguments.first ?? "vfm", IsolatedServices.argument, service.rawValue, String(memory),
    ]
    // Closed here at once, so that its end is noticed.
    defer { if ends[1] >= 0 { close(ends[1]) } }
    process = try Self.spawn(program, arguments, socket: ends[1])
    close(ends[1])
    ends[1] = -1
    do {
      let greeting = try call(within: 30, IsolatedServices.Greeting.self)
      if let reason = greeting.failure { throw IsolationError(reason: reason) }
    } catch let failure as Failure {
      // A machine that has no time or memory for it may have some later.
      if failure.isMachines || failure.isLate { throw Self.trouble(EAGAIN) }
      throw IsolationError(reason: failure.reason)
    }
  }

  deinit { end() }

  /// The number of the process.
  package var identifier: Int32 { process }

  /// Sends a request, and a file to be read.
  package func send(_ request: some Encodable, descriptor: Int32? = nil) throws(Failure) {
    try orEnded { try channel.send(request, descriptor: descriptor) }
  }

  /// Receives a reply that has no bytes.
  package func call<Reply: Decodable>(
    within seconds: Double, mostJSON: Int = 1 << 20, _ type: Reply.Type
  ) throws(Failure) -> Reply {
    let (reply, count) = try receive(within: seconds, mostJSON: mostJSON, type)
    guard count == 0 else { throw broken(.nonsense("bytes that were not asked for")) }
    return reply
  }

  /// Receives a reply, and how many bytes are to be received after it.
  /// - Parameter mostJSON: the most bytes of the reply's instruction.
  package func receive<Reply: Decodable>(
    within seconds: Double, mostJSON: Int = 1 << 20, _ type: Reply.Type
  ) throws(Failure) -> (reply: Reply, byteCount: Int) {
    try orEnded {
      let head = try channel.receive(within: seconds, mostJSON: mostJSON)
      return (try MessageChannel.decode(type, head.json), head.byteCount)
    }
  }

  /// Receives the bytes of a reply.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer, within seconds: Double) throws(Failure) {
    try orEnded {
      try channel.fill(buffer, within: seconds)
    }
  }

  /// What it answered makes no sense.
  package func nonsense(_ what: String) -> Failure { broken(.nonsense(what)) }

  private func orEnded<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
    guard !isBroken else { throw Failure(reason: "the process that read it has ended") }
    do {
      return try body()
    } catch {
      throw broken(error as? MessageChannel.Failure ?? .nonsense("\(error)"))
    }
  }

  private func broken(_ failure: MessageChannel.Failure) -> Failure {
    let status = end()
    return switch failure {
    case .ended:
      Failure(
        reason: "the process that read it \(status.map(Self.words) ?? "closed its end and was ended")",
        isMachines: status.map { $0 & 0x7f == SIGKILL } ?? false)
    case .tookTooLong:
      Failure(reason: "the process that read it did not answer in time and was ended", isLate: true)
    case .nonsense(let what):
      Failure(reason: "the process that read it answered with \(what) and was ended")
    }
  }

  /// Ends the process, at the latest now.
  /// - Returns: how it ended by itself; nil when it did not.
  @discardableResult
  private func end() -> Int32? {
    guard !isBroken else { return nil }
    isBroken = true
    var status: Int32 = 0
    // One that has crashed has closed its end and is about to be gone.
    for _ in 0..<50 {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return status }
      if ended < 0 && errno != EINTR { return nil }
      shutdown(channel.socket, Int32(SHUT_RDWR))
      usleep(1000)
    }
    kill(process, SIGKILL)
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return nil
  }

  private static func words(forEnd status: Int32) -> String {
    let number = status & 0x7f
    return number == 0
      ? "ended by itself, with \((status >> 8) & 0xff)"
      : "crashed (signal \(number), \(String(cString: strsignal(number))))"
  }
}

extension IsolatedProcess {
  /// Processes that wait for work.
  private static let idle = Mutex<[Idle]>([])

  /// A process that nobody uses, so that any thread may take it.
  private struct Idle: @unchecked Sendable {
    let process: IsolatedProcess
  }

  /// A process that waits for work, or a new one.
  /// - Throws: `MachineError`, `IsolationError`.
  package static func take(
    _ service: IsolatedService, memory: Int, program: String? = nil
  ) throws -> IsolatedProcess {
    func waiting() -> IsolatedProcess? {
      idle.withLock { idle in
        let place = idle.lastIndex { $0.process.service == service && $0.process.memory == memory }
        return place.map { idle.remove(at: $0).process }
      }
    }
    while let process = waiting() {
      if process.isWaiting { return process }
    }
    return try IsolatedProcess(service, memory: memory, program: program ?? Self.program.withLock { $0 })
  }

  /// Whether it is still there, and has said nothing that was not asked for.
  private var isWaiting: Bool {
    var ready = pollfd(fd: channel.socket, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 0) == 0
  }

  /// Gives a process back that has done its work.
  package func giveBack() {
    guard !isBroken else { return }
    let process = Idle(process: self)
    IsolatedProcess.idle.withLock { $0.append(process) }
  }
}
