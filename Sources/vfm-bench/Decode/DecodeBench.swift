import Commands
import Foundation
import Synchronization
import Video

/// Reads a list of samples with some threads, each clip by one of them.
struct DecodeBench {
  private let list: DecodeSamples
  private let framing: Framing
  private let timings: [String: ClipTiming]

  /// How many clips the samples are of.
  var clips: Int { timings.count }

  private let limits: DecodeLimits

  /// Reads the times of all clips once.
  /// - Parameter isolate: whether samples are read in processes of their own, which keep the times themselves.
  init(_ list: DecodeSamples, isolate: Bool) throws {
    self.list = list
    limits = DecodeLimits(isolate: isolate)
    framing = Framing(width: list.size, height: list.size)
    var timings: [String: ClipTiming] = [:]
    for path in Set(list.samples.map(\.path)) { timings[path] = try VideoReader(path: path).timing() }
    self.timings = timings
  }

  /// Samples a second, and the processor's time for each, in milliseconds: other work on the machine touches that less.
  func measure(threads: Int, isWarm: Bool) throws -> (rate: Double, milliseconds: Double) {
    let clock = ContinuousClock()
    let (start, processor) = (clock.now, processorSeconds())
    try read(0..<list.samples.count, threads: threads, isWarm: isWarm)
    let count = Double(list.samples.count)
    return (count / ((clock.now - start) / .seconds(1)), 1000 * (processorSeconds() - processor) / count)
  }

  /// The memory of this process before the first sample, after 1,000 and after all, in bytes.
  func soak(_ count: Int, threads: Int) throws -> [(String, Double)] {
    var figures = [("residentBytesAtStart", Double(ProcessMemory.resident))]
    let early = min(1000, count)
    try read(0..<early, threads: threads, isWarm: true)
    figures.append(("residentBytesAfter\(early)", Double(ProcessMemory.resident)))
    if count > early {
      try read(early..<count, threads: threads, isWarm: true)
      figures.append(("residentBytesAfter\(count)", Double(ProcessMemory.resident)))
    }
    return figures
  }

  private func read(_ range: Range<Int>, threads: Int, isWarm: Bool) throws {
    let next = Atomic(range.lowerBound)
    let failure = Mutex<VideoError?>(nil)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      do throws(VideoError) {
        while true {
          let i = next.add(1, ordering: .relaxed).oldValue
          guard i < range.upperBound else { return }
          let sample = list.samples[i % list.samples.count]
          let reader = try openVideo(
            ClipBytes(ClipFile(path: sample.path), limits: limits), limits: limits,
            timing: isWarm ? timings[sample.path] : nil)
          _ = try reader.pictures(at: sample.times, framing: framing)
        }
      } catch { failure.withLock { $0 = error } }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

/// What this process used of the processor so far, in seconds, over all threads.
private func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(RUSAGE_SELF.rawValue, &usage)
  return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}
