import Files
import Glibc

/// What an isolated process is asked about clips. One clip is open at a time.
enum ClipRequest: Codable {
  /// Opens the clip in the file that comes with this. `file` tells it from others.
  case open(name: String, file: FileIdentity?, offset: Int, count: Int, modified: Int, limits: DecodeLimits)
  case duration
  case pictures(times: [Double], framing: Framing?)
  case damage
  /// Asks for frames one after the other; each is answered by `goOn` or, for the picture of a shown one, by `picture`.
  case luma(side: Int)
  case shownFrames(start: Double, framing: Framing)
  case picture
  case goOn(Bool)
  /// Closes the clip; there is no answer.
  case close
}

/// What it answers. Pictures come as bytes, all of one size.
enum ClipReply: Codable {
  case info(VideoInfo)
  case duration(Double)
  case pictures(PictureSizes)
  case damage([ClipTrouble])
  case luma(seconds: Double)
  case shownFrame(seconds: Double, next: Double?)
  case end
  case failed(ClipTrouble)
}

/// The sizes of pictures whose bytes follow, one after the other.
struct PictureSizes: Codable {
  /// Width and height of each.
  let sides: [[Int]]

  init(_ pictures: [Picture]) { sides = pictures.map { [$0.width, $0.height] } }

  /// How many bytes the pictures take; nil when these are no sizes of `count` pictures of a framing, or of any where there is
  /// none, with no more than `most` pixels each.
  func byteCounts(count: Int, _ framing: Framing?, most: Int) -> [Int]? {
    guard sides.count == count else { return nil }
    var counts: [Int] = []
    for side in sides {
      guard side.count == 2, side[0] > 0, side[1] > 0 else { return nil }
      if let framing {
        guard side[0] >= framing.width, side[1] >= framing.height,
          framing.keepsAll || side == [framing.width, framing.height]
        else { return nil }
      }
      let (pixels, overflows) = side[0].multipliedReportingOverflow(by: side[1])
      guard !overflows, pixels <= most else { return nil }
      counts.append(3 * pixels)
    }
    return counts
  }
}

/// An error about a clip, without the name of its file.
struct ClipTrouble: Codable {
  let stage: VideoError.Stage
  let reason: String
  let frame: Int?
  let seconds: Double?
  /// The system's error number, when it is the machine's trouble.
  let machine: Int32?

  init(_ error: VideoError) {
    (stage, reason, frame) = (error.stage, error.reason, error.frame)
    (seconds, machine) = (error.seconds, error.machine?.code)
  }

  /// The error about a file.
  func error(_ path: String) -> VideoError {
    // What reading an open file can fail by.
    if let machine, [EIO, ESTALE, ETIMEDOUT, ENOMEM].contains(machine) {
      return VideoError(path: path, stage: stage, system: machine)
    }
    return VideoError(path: path, stage: stage, reason: reason.printable, frame: frame, seconds: seconds)
  }
}

extension VideoInfo {
  /// Whether a reader can have said this: no number of it can do harm.
  var isSound: Bool {
    let sides = 1..<1 << 24
    return sides.contains(width) && sides.contains(height) && frameRate.isFinite && frameRate >= 0
      && duration?.isFinite ?? true && [0, 90, 180, 270].contains(rotation) && frameCount ?? 0 >= 0
      && [codec, pixelFormat].allSatisfy { $0.utf8.count < 64 && $0.printable == $0 }
  }
}
