// Two threads that meet: with `unguarded` a race, with `guarded` none. ThreadSanitizer must tell them apart before its
// silence about anything else means something.
import Foundation
import Synchronization

final class Counters: @unchecked Sendable {
  var unguarded = 0
  let guarded = Mutex(0)
}

let isGuarded = CommandLine.arguments.dropFirst().first == "guarded"
let counters = Counters()
let running = DispatchGroup()
for _ in 0..<2 {
  running.enter()
  Thread {
    for _ in 0..<500_000 {
      if isGuarded { counters.guarded.withLock { $0 += 1 } } else { counters.unguarded += 1 }
    }
    running.leave()
  }.start()
}
running.wait()
