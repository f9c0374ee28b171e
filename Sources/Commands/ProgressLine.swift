import Foundation
import Training

/// One line that says how training goes: rewritten in place on a terminal, a plain line every few steps elsewhere.
public final class ProgressLine {
  private let logEvery: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var window: [StepReport] = []
  private var lastDrawn = ContinuousClock.now - .seconds(1)
  private var isOpen = false

  /// - Parameter logEvery: steps between lines when standard error is no terminal.
  public init(logEvery: Int) { self.logEvery = max(1, logEvery) }

  /// Takes a step in.
  public func show(_ report: StepReport) {
    window.append(report)
    if window.count > 50 { window.removeFirst() }
    let isLast = report.step == report.steps
    if isTerminal {
      guard isLast || ContinuousClock.now - lastDrawn > .milliseconds(100) else { return }
      lastDrawn = .now
      standardError(lineStart + line)
      isOpen = true
    } else if isLast || report.step % logEvery == 0 || report.step == 1 {
      standardError(line + "\n")
    }
  }

  /// A sentence on a line of its own.
  public func say(_ message: String) {
    standardError((isOpen ? lineStart : "") + message + "\n")
    isOpen = false
  }

  /// Leaves the line as it is and goes on below.
  public func close() {
    if isOpen { standardError("\n") }
    isOpen = false
  }

  private var line: String {
    guard let last = window.last else { return "" }
    let figures = StepFigures(window)
    return String(
      format: "step %d/%d  loss %.4f  rate %.2e  %.1f clips/s  %.0f GFLOP/s  waiting %.0f %%  %@ left",
      last.step, last.steps, figures.loss, last.learningRate, figures.clipsPerSecond, figures.gflops,
      100 * figures.waiting, inWords(seconds: Double(last.steps - last.step) * figures.secondsPerStep))
  }
}

/// Means over some steps.
public struct StepFigures: Sendable {
  /// The mean loss of the steps that have one.
  public let loss: Double
  /// Clips a second, billions of product operations a second, seconds a step.
  public let clipsPerSecond: Double, gflops: Double, secondsPerStep: Double
  /// The share of time spent waiting for clips.
  public let waiting: Double

  /// Means over the steps, of which there is at least one.
  public init(_ steps: [StepReport]) {
    let seconds = steps.reduce(0) { $0 + $1.seconds }
    let losses = steps.map(\.loss).filter(\.isFinite)
    loss = losses.isEmpty ? .nan : losses.reduce(0, +) / Double(losses.count)
    clipsPerSecond = steps.reduce(0) { $0 + Double($1.clips) } / seconds
    gflops = steps.reduce(0) { $0 + Double($1.operations) } / seconds / 1e9
    secondsPerStep = seconds / Double(steps.count)
    waiting = steps.reduce(0) { $0 + $1.secondsWaited } / seconds
  }
}

/// "80 %", "12.5 %".
public func inWords(share: Double) -> String { String(format: "%.3g %%", 100 * share) }

/// "41 s", "12 min", "3 h 05 min".
public func inWords(seconds: Double) -> String {
  let whole = Int(seconds.isFinite ? max(0, min(seconds, 1e15)).rounded() : 0)
  if whole < 100 { return "\(whole) s" }
  if whole < 5970 { return "\((whole + 30) / 60) min" }
  return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
}

/// "734 bytes", "12.3 MB", "1.35 GB".
public func inWords(bytes: Int) -> String {
  switch bytes {
  case ..<10_000: "\(bytes) bytes"
  case ..<1_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
  default: String(format: "%.2f GB", Double(bytes) / 1e9)
  }
}
