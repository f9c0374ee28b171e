import Foundation

/// What is read in a process of its own.
public struct IsolatedService: RawRepresentable, Hashable, Sendable {
  /// The name by which it is asked for.
  public let rawValue: String
  /// A service of a name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Clips are decoded.
  public static let clips = IsolatedService(rawValue: "clips")
  /// Checkpoints are loaded.
  public static let checkpoints = IsolatedService(rawValue: "checkpoints")
}

/// The side that reads.
public enum IsolatedServices {
  /// The argument that says that a program is to read and not to do what it does else.
  static let argument = "--serve-isolated"
  /// The number under which such a process finds its socket.
  static let socket: Int32 = 3

  /// What a process says first.
  struct Greeting: Codable {
    /// Why it is not locked in; nil when it is.
    var failure: String?
  }

  /// Reads for another process, and never returns, when this one was started for that; else returns at once. To be called
  /// before anything else.
  package static func serveIfAsked(_ services: [IsolatedService: (MessageChannel) throws -> Void]) {
    let words = CommandLine.arguments
    guard words.count == 4, words[1] == argument, let memory = Int(words[3]),
      let serve = services[IsolatedService(rawValue: words[2])]
    else { return }
    let channel = MessageChannel(socket: socket, takesFiles: true)
    endWithTheOtherSide()
    do {
      // What JSON needs is loaded before no file can be opened any more.
      _ = try MessageChannel.decode(Greeting.self, Array(#"{"failure":"1.5"}"#.utf8))
      try Sandbox.enter(memory: memory)
    } catch let failure as Sandbox.Failure {
      try? channel.send(Greeting(failure: failure.reason))
      exit(1)
    } catch {
      exit(1)
    }
    do {
      try channel.send(Greeting())
      try serve(channel)
    } catch {
      exit(1)
    }
    exit(0)
  }

  /// Ends this process with the one that started it, whatever it is doing then.
  private static func endWithTheOtherSide() {
    let thread = Thread {
      var ended = pollfd(fd: socket, events: 0, revents: 0)
      while poll(&ended, 1, -1) != 1 {}
      _exit(0)
    }
    thread.stackSize = 256 << 10
    thread.start()
  }
}
