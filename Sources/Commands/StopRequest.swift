import Dispatch
import Foundation
import Synchronization

/// Whether the user or the system asked the program to stop (SIGINT, SIGTERM).
///
/// The first signal only sets a flag, which the training loop reads after each step; a second one ends the program at
/// once, which costs no checkpoint, since those are renamed into place whole.
public final class StopRequest: @unchecked Sendable {
  private let flag = Atomic<Bool>(false)
  private let sources: [any DispatchSourceSignal]  // only held, so that they stay alive

  /// Starts listening.
  public init(onFirst message: String) {
    let queue = DispatchQueue(label: "signals")
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      sources.append(DispatchSource.makeSignalSource(signal: number, queue: queue))
    }
    self.sources = sources
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        if self.flag.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        standardError("\n\(message)\n")
      }
      source.resume()
    }
  }

  /// Whether a signal came.
  public var isMade: Bool { flag.load(ordering: .relaxed) }
}
