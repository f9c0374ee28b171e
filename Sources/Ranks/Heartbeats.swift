import CMPI

/// Signs of life that ranks send each other in a ring, from rank to rank + 1: one that is stopped or whose machine is gone sends
/// none, whatever the others wait for.
///
/// Silence counts only while this process runs itself: it may have been stopped, too.
struct Heartbeats {
  /// Seconds between two signs, and the most that a look counts as silence.
  private static let interval = 0.5, mostOfLook = 1.0

  private let before: Int32, next: Int32
  private let communicator: vfm_communicator
  private let limit: Double
  private let words: UnsafeMutablePointer<Int32>
  private var sending: vfm_request?, taking: vfm_request?
  private var silence = 0.0, sinceSent = 0.0
  private var lastLook: ContinuousClock.Instant

  /// - Parameter limit: seconds of silence after which a rank counts as lost.
  init(rank: Int, count: Int, _ communicator: vfm_communicator, limit: Double) {
    (before, next) = (Int32((rank + count - 1) % count), Int32((rank + 1) % count))
    (self.communicator, self.limit) = (communicator, limit)
    words = .allocate(capacity: 2)
    words.initialize(repeating: 0, count: 2)
    lastLook = .now
  }

  /// Sends and takes what is due.
  /// - Returns: the rank that has been silent for too long, if it has.
  mutating func look() -> Int? {
    let now = ContinuousClock.now
    let elapsed = min((now - lastLook) / .seconds(1), Self.mostOfLook)
    lastLook = now
    silence += elapsed
    sinceSent += elapsed
    if let _ = sending, isDone(&sending!) { sending = nil }
    if sending == nil, sinceSent >= Self.interval {
      var request = vfm_request()
      if vfm_mpi_send_heartbeat(words, next, communicator, &request) == 0 { sending = request }
      sinceSent = 0
    }
    if let _ = taking, isDone(&taking!) { (taking, silence) = (nil, 0) }
    if taking == nil {
      var request = vfm_request()
      if vfm_mpi_take_heartbeat(words + 1, before, communicator, &request) == 0 { taking = request }
    }
    return silence > limit ? Int(before) : nil
  }

  /// Seconds until there is something to do.
  static var pause: Double { interval / 2 }

  /// Gives up what is under way.
  mutating func stop() {
    if taking != nil { vfm_mpi_cancel(&taking!) }
    if sending != nil { vfm_mpi_cancel(&sending!) }
    (taking, sending) = (nil, nil)
    words.deallocate()
  }

  private func isDone(_ request: inout vfm_request) -> Bool {
    var done: Int32 = 0
    return vfm_mpi_test(&request, &done) == 0 && done != 0
  }
}
