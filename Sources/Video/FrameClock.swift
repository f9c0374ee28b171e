import CLibAV

/// When frames are shown, in seconds after the first one.
///
/// Containers round times to ticks of their time base, Matroska, WebM and FLV to whole milliseconds: at 24 frames a second
/// frames lie 41, 42 and 42 ticks apart. Read as they stand, such times would show one frame twice and leave another out.
/// Two things make the same packets give the same frames in every container:
///
/// - A frame within a tick of a whole number of frames at the clip's rate has exactly that time; its own tick and the
///   first frame's may each be rounded by half a tick. Any other, of a clip of variable rate, has that of its tick.
/// - Where a frame is no whole number of ticks long, so that times are rounded, a frame is on show from a tick before its
///   time on: the rate may be a mean of rounded times, too.
struct FrameClock: Sendable {
  /// When the first frame is shown, in ticks.
  let origin: Int64
  /// Seconds in a tick.
  private let tick: Double
  /// The frames in a second, and the ticks from one to the next; nil where the rate is not known, or ticks are so long that
  /// no time was rounded to them.
  private let rate: (numerator: Double, denominator: Double, step: Double)?
  /// How much earlier than its time a frame is on show.
  private let slack: Double

  /// The fewest ticks from frame to frame that are taken for rounded times: AVI and GIF count in whole frames, or nearly so.
  private static let fewestTicks = 8.0

  /// A clock of a stream's time base and average rate, which is 0 where it is not known.
  init(origin: Int64, timeBase: AVRational, rate: AVRational) {
    self.origin = origin
    tick = Double(timeBase.num) / Double(timeBase.den)
    let step = rate.num > 0 && rate.den > 0 ? Double(rate.den) / Double(rate.num) / tick : 0
    guard step.isFinite && step >= Self.fewestTicks else {
      (self.rate, slack) = (nil, 0)
      return
    }
    self.rate = (Double(rate.num), Double(rate.den), step)
    slack = abs(step - step.rounded()) > 1e-6 * step ? tick : 0
  }

  /// The time of a tick of the stream.
  func seconds(_ ticks: Int64) -> Double {
    let ticks = Double(ticks.saturatingSubtract(origin))
    if let rate {
      let frames = (ticks / rate.step).rounded()
      // A little more than a tick, for the rounding of the division.
      if abs(frames * rate.step - ticks) <= 1 + 1e-6 { return frames * rate.denominator / rate.numerator }
    }
    return ticks * tick
  }

  /// The time from which a frame of these ticks is on show.
  func shownFrom(_ ticks: Int64) -> Double { ticks == origin ? 0 : seconds(ticks) - slack }
}
